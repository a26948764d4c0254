#include "net/reactor.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>
#include <variant>

#include "net/signal_mask.h"
#include "net/steady_time.h"
#include "ops/endpoint_text.h"
#include "ops/log_field.h"
#include "ops/start_line.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// For close frames to reach the browsers and to be answered.
constexpr std::chrono::seconds farewell_limit{2};
/// For the disk to take what it has been given, where the relay is told twice to end.
constexpr std::chrono::seconds hurry_limit{1};
/// Of the connections that are still in use while the relay drains.
constexpr std::chrono::milliseconds idle_check_interval{100};

}  // namespace

Reactor::Reactor(StaticFiles files, std::size_t io_threads, Adjustable adjustable, Metrics& metrics)
    : metrics_(metrics),
      budget_(adjustable.connections),
      // Posted to from other threads, and run by one alone: sockets need no locks.
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      loop_(context_, *this, unwritten_),
      resolver_(context_),
      flows_(loop_, io_threads, budget_, std::move(files), std::move(adjustable.flows)),
      timer_(context_),
      phase_limit_(context_),
      last_limit_(context_),
      idle_check_(context_),
      end_signals_(context_, SIGINT, SIGTERM),
      reload_signals_(context_, SIGHUP),
      drain_limit_(adjustable.drain_limit) {}

std::optional<std::string> Reactor::serve(std::string_view name, const sip::Endpoint& endpoint,
                                          HttpHandler handler) {
  auto& budget = service_budgets_.emplace_back(ConnectionLimits{.open = HttpService::max_connections});
  auto service = std::make_unique<HttpService>(context_, budget, std::move(handler), [this] {
    metrics_.turned_away("too many connections to admin or metrics");
  });
  if (const error_code error = service->bind(endpoint))
    return "cannot listen on " + to_text(endpoint) + " for " + std::string(name) + ": " + error.message();
  spdlog::info("serving {} on {}", name, to_text(service->local()));
  services_.push_back(std::move(service));
  return std::nullopt;
}

Gauges Reactor::gauges() const {
  Gauges gauges;
  flows_.measure(gauges);
  gauges.slots = budget_.held();
  gauges.dns_questions = resolver_.waiting();
  gauges.users = relay_->location().size();
  for (const auto& [user, bindings] : relay_->location().users()) gauges.bindings += bindings.size();
  gauges.transactions = relay_->transactions();
  gauges.is_draining = phase_ != Phase::running;
  return gauges;
}

void Reactor::run(Settings settings, const sip::Seed& seed, Stores stores, std::function<void()> reload) {
  settings.listeners = flows_.local();
  for (const auto& endpoint : settings.listeners) spdlog::info("listening {}", to_text(endpoint));
  stores_ = std::move(stores);
  reload_ = std::move(reload);
  relay_.emplace(settings, seed);
  wait_for_end_signal();
  wait_for_reload_signal();
  flows_.start();
  for (const auto& service : services_) service->start();
  spdlog::info("ready");
  unblock_signals();
  loop_.run();
  block_signals();
  flows_.stop();
}

/// Exactly one input, then every output, then one timer. Nothing that carries out an output may feed.
template <class Input>
void Reactor::feed(Input input) {
  if (is_ending()) return;
  now_ = now();
  input(*relay_, now_);
  while (auto output = relay_->poll())
    std::visit([this](auto&& each) { this->carry_out(std::forward<decltype(each)>(each)); },
               *std::move(output));
  set_timer();
  trace_.over();
  if (phase_ == Phase::draining && relay_->is_idle()) asio::post(context_, [this] { end(); });
}

void Reactor::set_timer() {
  const sip::Deadline deadline = relay_->deadline();
  // Most deadlines are moved before they are reached. One that is waited for too early just brings us here
  // again.
  if (!deadline || (timer_at_ && *timer_at_ <= *deadline)) return;
  timer_at_ = deadline;
  timer_.expires_at(std::chrono::steady_clock::time_point(deadline->time_since_epoch()));
  timer_.async_wait([this](error_code error) {
    if (error) return;
    timer_at_.reset();
    feed([](Relay& relay, sip::Now now) { relay.advance(now); });
  });
}

void Reactor::carry_out(Relay::SendTo&& output) {
  if (spdlog::should_log(spdlog::level::trace))
    log_flow(spdlog::level::trace, output.to.flow, "<- {}", start_line(output.bytes));
  if (trace_.is_on()) trace_.sent(output.to, output.bytes);
  flows_.send(output.to, std::move(output.bytes));
}

template <class Answer>
Reactor::Reply<Answer> Reactor::reply_to(sip::JobId job) {
  return [this, job](Answer answer) {
    asio::post(context_, [this, job, answer = std::move(answer)] {
      if (trace_.is_on()) trace_.answered(job);
      feed([&](Relay& relay, sip::Now now) { relay.answer(now, job, answer); });
    });
  };
}

void Reactor::carry_out(Relay::FindUser&& output) {
  const sip::JobId job = output.job;
  trace_.asked(job, "an account");
  stores_.find_user(std::move(output), reply_to<Relay::UserFound>(job));
}

void Reactor::carry_out(StoreMessage&& output) {
  const sip::JobId job = output.job;
  trace_.asked(job, "a place in the mailbox");
  stores_.store_message(std::move(output), reply_to<Stored>(job));
}

void Reactor::carry_out(LoadMessage&& output) {
  const sip::JobId job = output.job;
  stores_.load_message(std::move(output), reply_to<Loaded>(job));
}

void Reactor::carry_out(LoadExpired&& output) { stores_.load_expired(output, reply_to<Loaded>(output.job)); }

void Reactor::carry_out(ForgetMessage&& output) { stores_.forget_message(output); }

void Reactor::carry_out(Relay::LookUp&& output) {
  trace_.asked(output.job, "the DNS");
  resolver_.ask(output.question, reply_to<DnsAnswer>(output.job));
}

void Reactor::carry_out(Relay::Reuse&& output) {
  log_flow(spdlog::level::debug, output.flow, "is the way to {}", to_text(output.address));
  flows_.reuse(output.flow, output.address);
}

void Reactor::carry_out(Relay::Hangup&& output) {
  metrics_.turned_away(output.why);
  flows_.hang_up(output.flow, Ground::protocol, output.why);
}

void Reactor::carry_out(Relay::Progress&& output) {
  metrics_.progressed(now_, output);
  if (trace_.is_on()) trace_.progressed(output);
}

void Reactor::opened(const sip::Peer& peer) {
  log_flow(spdlog::level::debug, peer.flow, "opened: {}", to_text(peer.endpoint));
  metrics_.flow_opened(peer.endpoint.protocol);
  feed([&](Relay& relay, sip::Now now) { relay.flow_opened(now, peer); });
}

void Reactor::received(const sip::Peer& from, std::string_view text) {
  if (flows_.is_over(from.flow)) return;
  if (spdlog::should_log(spdlog::level::trace))
    log_flow(spdlog::level::trace, from.flow, "-> {}", start_line(text));
  if (trace_.is_on()) trace_.received(from, text);
  feed([&](Relay& relay, sip::Now now) { relay.receive(now, from, text); });
}

void Reactor::received_unframed(const sip::Peer& from, std::string_view text) {
  if (flows_.is_over(from.flow)) return;
  feed([&](Relay& relay, sip::Now now) { relay.receive_unframed(now, from, text); });
}

void Reactor::closed(const sip::Peer& peer) {
  log_flow(spdlog::level::debug, peer.flow, "closed");
  const auto reached = flows_.forget(peer);
  returned_memory_.now_open(flows_.connections().size());
  feed([&](Relay& relay, sip::Now now) { relay.flow_closed(now, peer.flow, reached); });
  end_when_done();
}

void Reactor::unreachable(const sip::Peer& peer) {
  feed([&](Relay& relay, sip::Now now) { relay.unreachable(now, peer); });
}

void Reactor::congested(const sip::Peer& peer) {
  feed([&](Relay& relay, sip::Now now) { relay.congested(now, peer); });
}

void Reactor::turned_away(std::string_view why) { metrics_.turned_away(why); }

// What waits for the next signal comes first: whatever becomes of this one, that is heard.

void Reactor::wait_for_reload_signal() {
  reload_signals_.async_wait([this](error_code error, int) {
    if (error) return;
    wait_for_reload_signal();
    reload_();
  });
}

void Reactor::wait_for_end_signal() {
  end_signals_.async_wait([this](error_code error, int) {
    if (error) return;
    wait_for_end_signal();
    if (phase_ == Phase::running) return drain();
    hurry();
  });
}

sip::Now Reactor::now() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {steady_now(), sip::UnixTime(std::chrono::duration_cast<sip::Milliseconds>(wall))};
}

void Reactor::post(std::function<void()> task) { asio::post(context_, std::move(task)); }

void Reactor::unregister(const std::string& user) {
  feed([&](Relay& relay, sip::Now now) { relay.unregister(now, user); });
}

void Reactor::adjust(Adjustable adjustable) {
  flows_.adjust(std::move(adjustable.flows));
  budget_.allow(adjustable.connections);
  relay_->adjust(std::move(adjustable.relay));
  drain_limit_ = adjustable.drain_limit;
}

void Reactor::drain() {
  phase_ = Phase::draining;
  flows_.stop_accepting();
  spdlog::info("draining");  // whoever reads it finds the listeners closed
  last_limit_.expires_after(drain_limit_ + farewell_limit);
  last_limit_.async_wait([this](error_code error) {
    if (!error) context_.stop();
  });
  phase_limit_.expires_after(drain_limit_);
  phase_limit_.async_wait([this](error_code error) {
    if (error || phase_ != Phase::draining) return;
    spdlog::warn("some requests are still without an answer");
    end();
  });
  feed([](Relay& relay, sip::Now) { relay.drain(); });
  let_idle_go();
}

/// Browsers that have nothing under way need not wait for those that have. Nothing new comes to them here.
void Reactor::let_idle_go() {
  if (phase_ != Phase::draining) return;
  flows_.let_go(relay_->busy_flows());
  idle_check_.expires_after(idle_check_interval);
  idle_check_.async_wait([this](error_code error) {
    if (!error) let_idle_go();
  });
}

void Reactor::end() {
  if (is_ending()) return;
  begin_to_end();
  flows_.go_away();
  phase_limit_.expires_after(farewell_limit);
  phase_limit_.async_wait([this](error_code error) {
    if (error || phase_ != Phase::ending) return;
    phase_ = Phase::parted;
    end_when_done();
  });
  end_when_done();
}

/// Whoever asks again does not wait for anybody's goodbye, nor long for a disk.
void Reactor::hurry() {
  if (phase_ == Phase::hurried) return;
  if (!is_ending()) begin_to_end();
  phase_ = Phase::hurried;
  last_limit_.expires_after(hurry_limit);
  last_limit_.async_wait([this](error_code error) {
    if (!error) context_.stop();
  });
  end_when_done();
}

void Reactor::begin_to_end() {
  spdlog::info("ending");
  phase_ = Phase::ending;
  timer_.cancel();
  idle_check_.cancel();
  resolver_.close();
  for (const auto& service : services_) service->close();
  stores_.end([this] { asio::post(context_, [this] { end_when_done(); }); });
}

void Reactor::end_when_done() {
  const bool is_alone = phase_ > Phase::ending || (phase_ == Phase::ending && flows_.are_gone());
  if (is_alone && stores_.have_ended()) context_.stop();
}

}  // namespace relay
