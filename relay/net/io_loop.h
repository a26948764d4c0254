#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/connection.h"

namespace relay {

/// What the reactor has a connection do.
struct IoCommand {
  struct Send {
    sip::Peer to;
    std::string bytes;  ///< for which there is room reserved
  };
  struct HangUp {
    Ground ground;
    std::string_view why;
  };
  struct GoAway {};
  struct GiveUp {};

  std::shared_ptr<Connection> connection;
  std::variant<Send, HangUp, GoAway, GiveUp> what;
};

/// Where connections are read and written: on the thread of the reactor, or as an IoThread on one of its own.
class IoLoop {
 public:
  /// For the one who runs the context. Context and events must outlive it; `unwritten` the context, whose
  /// handlers hold connections.
  IoLoop(boost::asio::io_context& context, FlowEvents& events, WriteQueue::Total& unwritten)
      : context_(context), events_(events), unwritten_(unwritten) {}
  virtual ~IoLoop() = default;
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  boost::asio::io_context& context() { return context_; }
  /// What hears of its connections.
  FlowEvents& events() { return events_; }
  /// Of its connections, and of those of the loops that share it.
  WriteQueue::Total& unwritten() { return unwritten_; }

  /// By the reactor: has it carried out at the next flush(), in this order.
  void stage(IoCommand command) { staged_.push_back(std::move(command)); }
  /// By the reactor, while it deals with no input.
  virtual void flush();

  /// The context until it is stopped, on the calling thread.
  void run();

 protected:
  /// Carries out, then writes: so a recipient is woken once, not for each message.
  void carry_out(std::vector<IoCommand>& commands);
  /// Lets go of the connections that are still to do something.
  void let_go();
  std::vector<IoCommand> staged_;

 private:
  boost::asio::io_context& context_;
  FlowEvents& events_;
  WriteQueue::Total& unwritten_;
  std::vector<IoCommand> under_way_;
  std::vector<std::shared_ptr<Connection>> unflushed_;
};

}  // namespace relay
