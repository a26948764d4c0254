#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "message/message.h"
#include "request_text.h"
#include "toy_cipher.h"
#include "ua/user_agent.h"

namespace sip::test {

using Fields = std::vector<std::pair<HeaderName, std::string>>;

inline const std::string alice = "sip:alice@example.org";
inline const std::string bob = "sip:bob@example.org";

/// alice's registered UserAgent, the network's words in its ear, and a driver that answers when it is told
/// to.
struct SealingBench {
  Now now{Instant(Milliseconds(0)), UnixTime(Seconds(1'795'521'600))};
  FlowId flow{1};
  UserAgent agent;
  std::vector<std::string> sent;     ///< requests, the oldest first
  std::vector<std::string> answers;  ///< responses
  std::vector<UserAgent::MessageReceived> shown;
  std::vector<Delivery> deliveries;
  std::vector<Seal> seals;  ///< questions without an answer, the oldest first
  std::vector<Open> opens;
  std::vector<Decode> decodes;
  int last_branch = 0;

  explicit SealingBench(EndToEnd end_to_end = EndToEnd::driver) : agent(account(end_to_end), seed_from(1)) {
    agent.start(now);
    open_flow();
  }
  static Account account(EndToEnd end_to_end) {
    Account account;
    account.address = alice;
    account.credentials = {"alice", "secret"};
    account.receipts = Receipts::display;
    account.recovery = {.base_time = Seconds(1), .max_time = Seconds(1)};
    account.end_to_end = end_to_end;
    return account;
  }
  void open_flow() {
    agent.flow_opened(now, flow, Protocol::ws);
    drain();
    respond(take(), 200);
  }
  void lose_flow() {
    agent.flow_closed(now, flow);
    drain();
    sent.clear();
    flow = FlowId{static_cast<std::uint64_t>(flow) + 1};
  }
  /// Lets time pass up to a moment, deadline by deadline.
  void pass(Milliseconds time) {
    const Instant end = now.mono + time;
    while (agent.deadline() && *agent.deadline() <= end) {
      now.mono = std::max(now.mono, *agent.deadline());
      agent.advance(now);
      drain();
    }
    now.mono = end;
  }

  void drain() {
    while (auto output = agent.poll()) {
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) {
        const auto view = MessageView::parse(bytes->bytes);
        if (view) (view->is_request() ? sent : answers).push_back(bytes->bytes);
      } else if (auto* message = std::get_if<UserAgent::MessageReceived>(&*output)) {
        shown.push_back(*message);
      } else if (auto* changed = std::get_if<UserAgent::DeliveryChanged>(&*output)) {
        deliveries.push_back(changed->delivery);
      } else if (auto* seal = std::get_if<Seal>(&*output)) {
        seals.push_back(*seal);
      } else if (auto* open = std::get_if<Open>(&*output)) {
        opens.push_back(*open);
      } else if (auto* decode = std::get_if<Decode>(&*output)) {
        decodes.push_back(*decode);
      }
    }
  }
  /// The oldest of those, which must be there.
  template <class Thing>
  static Thing take_first(std::vector<Thing>& things) {
    REQUIRE_FALSE(things.empty());
    Thing first = std::move(things.front());
    things.erase(things.begin());
    return first;
  }
  std::string take() { return take_first(sent); }

  void answer(JobId job, Answer answer) {
    agent.answer(now, job, std::move(answer));
    drain();
  }
  /// Seals what is asked for, by the toy.
  Seal seal() {
    const Seal question = take_first(seals);
    answer(question.job, toy::seal(question.recipient, alice, question.content_type, question.body));
    return question;
  }
  /// Opens what is asked for, by the toy.
  Open open() {
    const Open question = take_first(opens);
    answer(question.job, toy::open(alice, question.body));
    return question;
  }

  void respond(const std::string& request, int status, const Fields& fields = {}) {
    const auto view = MessageView::parse(request);
    REQUIRE(view);
    Message response = Message::response_to(*view, status, "server");
    for (const auto& [name, value] : fields) response.add(name, value);
    agent.receive(now, flow, response.finish());
    drain();
  }
  void write(const std::string& text, const MessageId& id) {
    agent.send(now, {.to = "bob", .body = text, .id = id});
    drain();
  }
  /// A request, as it comes.
  std::string incoming(const std::string& type, const std::string& body, const std::string& call_id = "c1",
                       const std::string& from = bob) {
    return "MESSAGE sip:alice@k3.invalid SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bK" +
           std::to_string(++last_branch) + "\r\nFrom: <" + from +
           ">;tag=b\r\nTo: <sip:alice@example.org>\r\nCall-ID: " + call_id +
           "\r\nCSeq: 1 MESSAGE\r\nDate: Tue, 24 Nov 2026 11:00:00 GMT\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  void hear(const std::string& text) {
    agent.receive(now, flow, text);
    drain();
  }
  void hear(const Sealed& what, const std::string& call_id = "c1", const std::string& from = bob) {
    hear(incoming(what.content_type, what.body, call_id, from));
  }
  std::vector<int> statuses() const {
    std::vector<int> all;
    for (const std::string& answer : answers) all.push_back(MessageView::parse(answer)->status());
    return all;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const auto& message : shown) all.push_back(message.body);
    return all;
  }
  std::vector<DeliveryState> states() const {
    std::vector<DeliveryState> all;
    for (const Delivery& delivery : deliveries) all.push_back(delivery.state);
    return all;
  }
};

/// A text as bob seals it for alice.
inline Sealed from_bob(const std::string& text) { return toy::seal(alice, bob, "text/plain", text); }

/// The CPIM of a text from bob that asks for both notifications.
inline std::string cpim_from_bob(const std::string& id, const std::string& text) {
  return "From: <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nDateTime: 2026-11-24T10:30:00Z\r\n"
         "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " +
         id + "\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\n" +
         "Content-Type: text/plain\r\n\r\n" + text;
}

}  // namespace sip::test
