#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/write_queue.h"
#include "transport/endpoint.h"

namespace relay {

class IoLoop;

/// What the other end is hung up for.
enum class Ground : std::uint8_t {
  protocol,  ///< it speaks no SIP
  policy,    ///< it is not wanted here
};

/// One flow of a connection-oriented transport. It lives on the thread of its loop; the reactor, which may
/// run on another one, asks only for what is const, and reserves room.
class Connection {
 public:
  Connection(IoLoop& loop, const sip::Peer& peer);
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  IoLoop& loop() const { return loop_; }
  const sip::Peer& peer() const { return peer_; }
  /// Bytes that were sent and not yet taken by the network.
  std::size_t unwritten() const { return queue_.size(); }
  /// To be called before so many bytes are sent. False: the other end reads too slowly for more.
  bool reserve(std::size_t size) { return queue_.reserve(size); }
  /// Something passes, in either direction.
  void use() {
    if (!is_used_.load(std::memory_order_relaxed)) is_used_.store(true, std::memory_order_relaxed);
  }
  bool is_used() const { return is_used_.load(std::memory_order_relaxed); }
  /// Whether something has passed since this was last asked.
  bool was_used() { return is_used_.exchange(false, std::memory_order_relaxed); }

  // By its loop alone, see IoCommand.

  /// Queues a message. `to` is what unreachable() reports should it never leave. Says whether it waits for a
  /// flush().
  virtual bool send(sip::Peer to, std::string bytes) = 0;
  /// Begins to write what is queued.
  virtual void flush() = 0;
  /// Writes what is queued, then closes and says why. What still arrives is thrown away. `why` is a literal.
  virtual void hang_up(Ground ground, std::string_view why) = 0;
  /// The same because the relay ends.
  virtual void go_away() = 0;
  /// The other end does not read what is queued: closes.
  virtual void give_up() = 0;

 protected:
  WriteQueue& queue() { return queue_; }
  virtual void close() = 0;
  /// After an exception nobody would read from the connection any more: it is closed.
  template <class Task>
  void or_close(Task task) {
    try {
      task();
    } catch (...) {
      close();
      throw;
    }
  }

 private:
  IoLoop& loop_;
  const sip::Peer peer_;
  WriteQueue queue_;
  std::atomic<bool> is_used_ = true;
};

/// What connections and sockets tell, on the thread of their loop.
class FlowEvents {
 public:
  FlowEvents() = default;
  virtual ~FlowEvents() = default;
  FlowEvents(const FlowEvents&) = delete;
  FlowEvents& operator=(const FlowEvents&) = delete;

  /// Of an accepted connection, before anything else is told of it.
  virtual void begun(std::shared_ptr<Connection> connection) = 0;
  virtual void opened(const sip::Peer& peer) = 0;
  virtual void received(const sip::Peer& from, std::string_view text) = 0;
  /// Nothing more comes from there; it is waited for to be hung up.
  virtual void received_unframed(const sip::Peer& from, std::string_view text) = 0;
  /// Nothing comes from this flow any more; a connection says it once, whether or not it was ever opened.
  virtual void closed(const sip::Peer& peer) = 0;
  virtual void unreachable(const sip::Peer& peer) = 0;
  /// More than may waits to be sent there.
  virtual void congested(const sip::Peer& peer) = 0;
  /// Somebody is sent away; `why` is a literal. It is only counted, and may come at any time.
  virtual void turned_away(std::string_view why) = 0;
};

}  // namespace relay
