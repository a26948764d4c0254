#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "auth/digest_client.h"
#include "logic/relay.h"
#include "message/message.h"
#include "message_shelf.h"
#include "zone.h"

namespace relay::test {

using namespace sip;

inline Peer peer(Protocol protocol, int number) {
  const std::string address = "198.51.100." + std::to_string(number);
  return {protocol == Protocol::udp ? FlowId{1} : FlowId{static_cast<std::uint64_t>(100 + number)},
          {protocol, *IpAddress::parse(address), static_cast<std::uint16_t>(5000 + number)}};
}

/// What a request is made of; the rest is filled in.
struct Sketch {
  std::string method = "MESSAGE";
  std::string uri = "sip:bob@example.org";
  std::string from = "sip:alice@example.org";
  std::string to = {};  ///< empty: the uri
  std::string fields = {};
  std::string body = {};
  std::string via = {};  ///< empty: one with rport
};

/// A relay for example.org with the users alice and bob, and everything it has put out.
struct Bench {
  explicit Bench(bool authenticate = true) : Bench(settings(authenticate)) {}
  explicit Bench(const Settings& with, std::uint64_t seed = 1) : relay(with, seed_from(seed)) {}

  static Settings settings(bool authenticate) {
    Settings settings;
    settings.domain = "example.org";
    settings.authenticate = authenticate;
    settings.listeners = {{Protocol::udp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::tcp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::ws, *IpAddress::parse("192.0.2.1"), 80}};
    return settings;
  }

  std::string write(const Sketch& sketch) {
    const std::string number = std::to_string(++last_number);
    std::string text =
        sketch.method + " " + sketch.uri + " SIP/2.0\r\nVia: " +
        (sketch.via.empty() ? "SIP/2.0/WS k3.invalid;rport;branch=z9hG4bK" + number : sketch.via) +
        "\r\nMax-Forwards: 70\r\nFrom: <" + sketch.from + ">;tag=f\r\nTo: <" +
        (sketch.to.empty() ? sketch.uri : sketch.to) + ">\r\nCall-ID: c" + number + "\r\nCSeq: " + number +
        " " + sketch.method + "\r\n" + sketch.fields +
        "Content-Length: " + std::to_string(sketch.body.size()) + "\r\n\r\n" + sketch.body;
    return text;
  }
  void say(const Peer& from, const std::string& text) {
    relay.receive(now, from, text);
    drain();
  }
  void advance(Milliseconds by) {
    now.mono += by;
    relay.advance(now);
    drain();
  }
  /// Answers the questions as store and DNS would.
  void drain() {
    while (auto output = relay.poll()) {
      if (hears_of_messages(*output)) continue;
      if (auto* question = std::get_if<Relay::FindUser>(&*output)) {
        ++questions;
        if (store_is_slow) continue;
        const bool is_known = question->user == "alice" || question->user == "bob";
        Relay::UserFound found{.digest = {}, .failed = store_fails};
        if (is_known && !store_fails)
          found.digest = StoredDigest::of(question->user, "example.org", "secret");
        relay.answer(now, question->job, found);
      } else if (auto* lookup = std::get_if<Relay::LookUp>(&*output)) {
        if (dns_is_slow) {
          lookups.push_back(*lookup);
        } else {
          relay.answer(now, lookup->job, zone.ask(lookup->question));
        }
      } else if (auto* hangup = std::get_if<Relay::Hangup>(&*output)) {
        hangups.push_back(*hangup);
      } else if (auto* reuse = std::get_if<Relay::Reuse>(&*output)) {
        reuses.push_back(*reuse);
      } else if (auto* step = std::get_if<Relay::Progress>(&*output)) {
        progress.push_back(*step);
      } else {
        sent.push_back(std::get<Relay::SendTo>(std::move(*output)));
      }
    }
  }
  /// Answers what the relay asks about stored messages, or keeps it for answer_store().
  bool hears_of_messages(const Relay::Output& output) {
    if (const auto* store = std::get_if<StoreMessage>(&output)) {
      storing.push_back(*store);
      if (!disk_is_slow) answer_store();
    } else if (const auto* load = std::get_if<LoadMessage>(&output)) {
      loading.push_back(*load);
      if (!disk_is_slow) answer_loads();
    } else if (const auto* sweep = std::get_if<LoadExpired>(&output)) {
      swept.emplace_back(sweep->job, disk_fails ? Loaded{{}, true}
                                                : shelf.expired(sweep->now, sweep->after_time, sweep->after));
      if (!sweep_is_slow) answer_sweep();
    } else if (const auto* forget = std::get_if<ForgetMessage>(&output)) {
      shelf.forget(forget->number);
    } else {
      return false;
    }
    return true;
  }
  void answer_store() {
    for (const StoreMessage& question : std::exchange(storing, {}))
      relay.answer(now, question.job, disk_fails ? Stored::failed : shelf.store(question));
    if (disk_is_slow) drain();
  }
  void answer_loads() {
    for (const LoadMessage& question : std::exchange(loading, {}))
      relay.answer(now, question.job,
                   disk_fails ? Loaded{{}, true} : shelf.load(question.recipient, question.after));
    if (disk_is_slow) drain();
  }
  void answer_sweep() {
    for (const auto& [job, loaded] : std::exchange(swept, {})) relay.answer(now, job, loaded);
    if (sweep_is_slow) drain();
  }
  /// The oldest thing sent and not yet taken.
  Relay::SendTo take() {
    REQUIRE_FALSE(sent.empty());
    Relay::SendTo first = std::move(sent.front());
    sent.erase(sent.begin());
    return first;
  }
  int take_status() { return status_of(take().bytes); }

  static int status_of(const std::string& text) {
    const auto view = MessageView::parse(text);
    REQUIRE(view);
    return view->status();
  }
  static std::string field(const std::string& text, HeaderName name) {
    const auto view = MessageView::parse(text);
    REQUIRE(view);
    return std::string(view->value(name).value_or("(absent)"));
  }

  /// Sends a request, answers the challenge and gives what the relay says or forwards then.
  void say_signed(const Peer& from, Sketch sketch, const std::string& user,
                  const std::string& password = "secret") {
    say(from, write(sketch));
    const Relay::SendTo challenge = take();
    const auto view = MessageView::parse(challenge.bytes);
    REQUIRE(view);
    DigestClient client({user, password}, Random(seed_from(static_cast<std::uint64_t>(++last_number))));
    REQUIRE(client.challenged(*view, {}) == DigestClient::Verdict::retry);
    for (const auto& field :
         client.sign({.method = sketch.method, .uri = sketch.uri, .body = sketch.body}).fields)
      sketch.fields += std::string(to_text(field.name)) + ": " + field.value + "\r\n";
    say(from, write(sketch));
  }
  /// Registers a user from that peer; `contact` is a whole Contact value.
  Relay::SendTo enrol(const Peer& from, const std::string& user, const std::string& contact,
                      const std::string& fields = {}) {
    const Sketch sketch{.method = "REGISTER",
                        .uri = "sip:example.org",
                        .from = "sip:" + user + "@example.org",
                        .to = "sip:" + user + "@example.org",
                        .fields = "Contact: " + contact + "\r\n" + fields};
    if (with_digest) {
      say_signed(from, sketch, user);
    } else {
      say(from, write(sketch));
    }
    return take();
  }
  /// The response of a phone to a request that the relay forwarded to it.
  void respond(const Relay::SendTo& request, int status, const std::string& tag = "phone") {
    const auto view = MessageView::parse(request.bytes);
    REQUIRE(view);
    say(request.to, Message::response_to(*view, status, tag).finish());
  }

  Relay relay;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
  std::vector<Relay::SendTo> sent;
  std::vector<Relay::Hangup> hangups;
  std::vector<Relay::Reuse> reuses;
  std::vector<Relay::Progress> progress;
  Zone zone;
  std::vector<Relay::LookUp> lookups;  ///< not answered yet
  bool dns_is_slow = false;
  int questions = 0;
  bool store_fails = false;
  bool store_is_slow = false;  ///< its answers never come
  bool with_digest = true;
  MessageShelf shelf;
  bool disk_fails = false;
  bool disk_is_slow = false;  ///< it answers when answer_store() and answer_loads() say so
  std::vector<StoreMessage> storing;
  std::vector<LoadMessage> loading;
  bool sweep_is_slow = false;  ///< what it has found is told when answer_sweep() says so
  std::vector<std::pair<JobId, Loaded>> swept;
  int last_number = 0;
};

}  // namespace relay::test
