#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "im/content.h"
#include "im/notifier.h"
#include "message/message.h"
#include "request_text.h"
#include "ua/user_agent.h"

namespace sip::test {

using Fields = std::vector<std::pair<HeaderName, std::string>>;

/// A registered UserAgent, and the network's words in its ear.
struct Conversation {
  Now now{Instant(Milliseconds(0)), UnixTime(Seconds(1'795'521'600))};
  UserAgent agent;
  std::vector<std::string> sent;  ///< requests, the oldest first
  std::vector<int> answers;       ///< statuses of the responses sent
  std::vector<UserAgent::MessageReceived> shown;
  std::vector<DeliveryState> states;
  Delivery last;  ///< what was told of a message
  std::vector<IsComposing::State> peer_states;
  FlowId flow{1};
  bool wants_flow = false;
  int last_branch = 0;
  std::string writer = "sip:bob@example.org";

  explicit Conversation(Receipts receipts = Receipts::display) : Conversation(account(receipts)) {}
  explicit Conversation(const Account& account) : agent(account, seed_from(1)) {
    agent.start(now);
    connect();
  }
  static Account account(Receipts receipts = Receipts::display) {
    Account account;
    account.address = "sip:alice@example.org";
    account.receipts = receipts;
    return account;
  }
  void connect() {
    agent.flow_opened(now, flow, Protocol::ws);
    respond(take(), 200);
    wants_flow = false;
  }
  /// The connection is lost, and there is another one as soon as the agent wants it.
  void reconnect() {
    agent.flow_closed(now, flow);
    flow = FlowId{static_cast<std::uint64_t>(flow) + 1};
    drain();
    while (!wants_flow) pass(*agent.deadline() - now.mono);
    connect();
  }
  void pass(Milliseconds time) {
    now.mono += time;
    now.wall += time;
    agent.advance(now);
    drain();
  }
  void drain() {
    while (auto output = agent.poll()) {
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) {
        const auto view = MessageView::parse(bytes->bytes);
        if (view && view->is_request()) sent.push_back(bytes->bytes);
        if (view && !view->is_request()) answers.push_back(view->status());
      } else if (std::holds_alternative<UserAgent::OpenFlow>(*output)) {
        wants_flow = true;
      } else if (auto* message = std::get_if<UserAgent::MessageReceived>(&*output)) {
        shown.push_back(*message);
      } else if (auto* changed = std::get_if<UserAgent::DeliveryChanged>(&*output)) {
        states.push_back(changed->delivery.state);
        last = changed->delivery;
      } else if (auto* composing = std::get_if<UserAgent::PeerComposing>(&*output)) {
        CHECK(composing->peer == "sip:bob@example.org");
        peer_states.push_back(composing->state);
      }
    }
  }
  std::string take() {
    drain();
    REQUIRE_FALSE(sent.empty());
    std::string first = sent.front();
    sent.erase(sent.begin());
    return first;
  }
  bool is_quiet() {
    drain();
    return sent.empty();
  }
  void respond(const std::string& request, int status, const Fields& fields = {}) {
    const auto view = MessageView::parse(request);
    REQUIRE(view);
    Message response = Message::response_to(*view, status, "server");
    for (const auto& [name, value] : fields) response.add(name, value);
    agent.receive(now, flow, response.finish());
    drain();
  }
  void hear(const std::string& type, const std::string& body, const std::string& call_id = "c1") {
    agent.receive(now, flow,
                  "MESSAGE sip:alice@k3.invalid SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bK" +
                      std::to_string(++last_branch) + "\r\nFrom: <" + writer +
                      ">;tag=b\r\nTo: <sip:alice@example.org>\r\nCall-ID: " + call_id +
                      "\r\nCSeq: 1 MESSAGE\r\nDate: Tue, 24 Nov 2026 11:00:00 GMT\r\nContent-Type: " + type +
                      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    drain();
  }
  void hear_notification(const MessageId& id, Imdn::Disposition disposition, Imdn::Status status) {
    const Imdn imdn{id, "2026-11-24T12:00:00Z", {}, {}, disposition, status};
    const std::string own_id = "n" + std::to_string(++last_branch);
    hear("message/cpim", in_cpim(imdn, own_id, "sip:bob@example.org", "sip:alice@example.org"), own_id);
  }
  /// bob is known to take everything, and has written.
  void meet_bob() {
    hear("text/plain", "hi");
    agent.composing(now, "bob", IsComposing::State::active);
    const std::string question = take();
    REQUIRE(question.substr(0, 8) == "OPTIONS ");
    respond(question, 200, {{HeaderName::accept, std::string(understood_types)}});
  }
  std::string write(std::string text, MessageId id = "m1") {
    agent.send(now, {.to = "bob", .body = std::move(text), .id = std::move(id)});
    return take();
  }
};

}  // namespace sip::test
