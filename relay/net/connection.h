#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "transport/endpoint.h"

namespace relay {

/// One flow of a connection-oriented transport, as the reactor sees it. None of these calls FlowEvents before
/// it returns, because they are made while the outputs of one input are carried out.
class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual const sip::Peer& peer() const = 0;
  /// Bytes that were sent and not yet taken by the network.
  virtual std::size_t unwritten() const = 0;
  /// Queues a message. `to` is what unreachable() reports should it never leave. Says whether it waits for a
  /// flush().
  virtual bool send(const sip::Peer& to, std::string bytes) = 0;
  /// Begins to write what is queued.
  virtual void flush() = 0;
  /// Writes what is queued, then closes and says why. What still arrives is thrown away. `why` is a literal.
  virtual void hang_up(std::string_view why) = 0;
  /// The same because the relay ends.
  virtual void go_away() = 0;
};

/// What connections tell the reactor.
class FlowEvents {
 public:
  FlowEvents() = default;
  virtual ~FlowEvents() = default;
  FlowEvents(const FlowEvents&) = delete;
  FlowEvents& operator=(const FlowEvents&) = delete;

  virtual void opened(const sip::Peer& peer) = 0;
  virtual void received(const sip::Peer& from, std::string_view text) = 0;
  virtual void received_unframed(const sip::Peer& from, std::string_view text) = 0;
  /// Nothing comes from this flow any more; a connection says it once, whether or not it was ever opened.
  virtual void closed(const sip::Peer& peer) = 0;
  virtual void unreachable(const sip::Peer& peer) = 0;
  /// Somebody is sent away; `why` is a literal. It is only counted, and may come at any time.
  virtual void turned_away(std::string_view why) = 0;
};

}  // namespace relay
