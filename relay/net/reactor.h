#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "logic/relay.h"
#include "net/connection.h"
#include "net/flows.h"
#include "net/http_service.h"
#include "net/io_loop.h"
#include "net/resolver.h"
#include "net/returned_memory.h"
#include "net/shared_budget.h"
#include "ops/gauges.h"
#include "ops/http.h"
#include "ops/metrics.h"
#include "ops/trace.h"

namespace relay {

/// Drives one Relay on one thread: clock, signals and, but for what IoThreads do, sockets. Feeds it one
/// input, carries out every output, sets one timer, waits.
class Reactor : private FlowEvents {
 public:
  /// To be called once, from any thread, before the reactor's end.
  template <class Answer>
  using Reply = std::function<void(Answer)>;
  /// Whoever knows the users and keeps the messages.
  struct Stores {
    std::function<void(Relay::FindUser, Reply<Relay::UserFound>)> find_user;
    std::function<void(StoreMessage, Reply<Stored>)> store_message;
    std::function<void(LoadMessage, Reply<Loaded>)> load_message;
    std::function<void(LoadExpired, Reply<Loaded>)> load_expired;
    std::function<void(ForgetMessage)> forget_message;
    /// They finish what they were asked and close; `ended` is called when one has, from any thread, before
    /// the reactor's end.
    std::function<void(std::function<void()> ended)> end;
    std::function<bool()> have_ended;
  };

  /// What may change while it runs. At the start those of Settings are the same as in run()'s
  /// settings.
  struct Adjustable {
    FlowSettings flows;
    AdjustableSettings relay = {};
    ConnectionLimits connections = {};
    std::chrono::seconds drain_limit{10};
  };

  /// `io_threads`: how many there are beside its own, 0 for none; it starts them.
  Reactor(StaticFiles files, std::size_t io_threads, Adjustable adjustable, Metrics& metrics);

  /// Binds; what comes is taken from run() on. Gives a sentence for the terminal when it can't.
  std::optional<std::string> listen(const sip::Endpoint& endpoint) { return flows_.listen(endpoint); }
  /// To be called once, before run(): the name server to ask, or those of the system. Gives a sentence for
  /// the terminal when it can't.
  std::optional<std::string> ask(const std::optional<sip::Endpoint>& dns_server) {
    return resolver_.open(dns_server);
  }
  /// Binds a service for the operator; `name` is for the log. The handler is called on the thread of run(),
  /// and may look at the reactor. Gives a sentence for the terminal when it can't.
  std::optional<std::string> serve(std::string_view name, const sip::Endpoint& endpoint, HttpHandler handler);
  /// How things stand: connections and what the relay knows. Only on the thread of run().
  Gauges gauges() const;
  /// Runs until SIGTERM or SIGINT. What is under way then has the time of `drain_limit` to end, while new
  /// requests are refused, and two seconds more for goodbyes and for the stores; a second signal ends it at
  /// once, but for a second that the stores get. Stores that have not ended then go on. SIGHUP calls
  /// `reload`. The listeners in `settings` are those of listen(), with their real ports.
  void run(Settings settings, const sip::Seed& seed, Stores stores, std::function<void()> reload);

  // What follows is for the handlers of serve(), on the thread of run().

  void adjust(Adjustable adjustable);
  const Location& location() const { return relay_->location(); }
  const Flows& flows() const { return flows_; }
  static sip::Now now();
  /// Has something done on the thread of run(). From any thread.
  void post(std::function<void()> task);
  /// Relay::unregister.
  void unregister(const std::string& user);
  /// False where there is no such connection.
  bool close(sip::FlowId flow) { return flows_.hang_up(flow, Ground::policy, "closed by the operator"); }
  /// Trace::follow.
  void follow(const std::vector<std::string>& call_ids) { trace_.follow(call_ids); }

 private:
  template <class Input>
  void feed(Input input);
  void carry_out(Relay::SendTo&& output);
  void carry_out(Relay::FindUser&& output);
  void carry_out(StoreMessage&& output);
  void carry_out(LoadMessage&& output);
  void carry_out(LoadExpired&& output);
  void carry_out(ForgetMessage&& output);
  void carry_out(Relay::LookUp&& output);
  template <class Answer>
  Reply<Answer> reply_to(sip::JobId job);
  void carry_out(Relay::Reuse&& output);
  void carry_out(Relay::Hangup&& output);
  void carry_out(Relay::Progress&& output);
  void set_timer();

  void wait_for_end_signal();
  void wait_for_reload_signal();
  void drain();
  void let_idle_go();
  void end();
  void hurry();
  void begin_to_end();
  void end_when_done();

  void begun(std::shared_ptr<Connection> connection) override { flows_.add(std::move(connection)); }
  void opened(const sip::Peer& peer) override;
  void received(const sip::Peer& from, std::string_view text) override;
  void received_unframed(const sip::Peer& from, std::string_view text) override;
  void closed(const sip::Peer& peer) override;
  void unreachable(const sip::Peer& peer) override;
  void congested(const sip::Peer& peer) override;
  void turned_away(std::string_view why) override;

  enum class Phase : std::uint8_t {
    running,
    draining,  ///< what is under way is finished, and nothing new begun
    ending,    ///< connections and stores are closed
    parted,    ///< likewise, and connections are not waited for any more
    hurried,   ///< likewise, and a signal has come again
  };

  bool is_ending() const { return phase_ >= Phase::ending; }

  Metrics& metrics_;
  SharedBudget budget_;  // these three outlive the connections that handlers in context_ hold
  /// One for each service: who floods the metrics locks nobody out of the admin API.
  std::list<SharedBudget> service_budgets_;
  WriteQueue::Total unwritten_ = 0;
  boost::asio::io_context context_;
  IoLoop loop_;
  Resolver resolver_;
  Flows flows_;
  ReturnedMemory returned_memory_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer phase_limit_;
  boost::asio::steady_timer last_limit_;  ///< of all that follows the signal to end
  boost::asio::steady_timer idle_check_;  ///< while draining
  boost::asio::signal_set end_signals_;
  boost::asio::signal_set reload_signals_;  ///< apart: however many wait, they do not go before the end
  std::vector<std::unique_ptr<HttpService>> services_;
  std::chrono::seconds drain_limit_;
  std::function<void()> reload_;
  Trace trace_;
  Phase phase_ = Phase::running;
  sip::Deadline timer_at_;  ///< when timer_ runs out, where it runs
  sip::Now now_{};          ///< of the input that is dealt with
  Stores stores_;
  std::optional<Relay> relay_;
};

}  // namespace relay
