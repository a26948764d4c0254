#pragma once

#include <string>
#include <vector>

#include "bench.h"

namespace relay::test {

inline const Peer sender = peer(Protocol::tcp, 9);

inline const std::string cpim_type = "Content-Type: message/cpim\r\n";

/// A body whose sender wants to be told.
inline std::string asking(const std::string& wanted, const std::string& headers = {},
                          const std::string& content = "Content-Type: text/plain\r\n\r\nhello") {
  return "From: <sip:alice@example.org>\r\nTo: <sip:bob@example.org>\r\n"
         "DateTime: 2023-11-14T22:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
         "imdn.Message-ID: m1\r\nimdn.Disposition-Notification: " +
         wanted + "\r\n" + headers + "\r\n" + content;
}

/// A relay that keeps messages for bob, and for alice; somebody else writes to them.
struct MailboxBench : Bench {
  static constexpr Seconds longest{86'400};

  explicit MailboxBench(const Settings& with = settings()) : Bench(with) {}

  static Settings settings() {
    Settings settings = Bench::settings(true);
    settings.keeps_messages_for = longest;
    settings.keeps_messages_of = Settings::KeepsMessagesOf::everyone;
    return settings;
  }

  /// What the relay answers to a message for bob.
  Relay::SendTo write_to_bob(const std::string& body, const std::string& fields = {}) {
    return answer_to(write({.from = "sip:carol@example.net", .fields = fields, .body = body}));
  }
  Relay::SendTo answer_to(const std::string& text) {
    say(sender, text);
    return take();
  }
  /// bob's device appears.
  void come(const Peer& device, const std::string& expires = {}) {
    const std::string contact = "<sip:bob@" + device.endpoint.address.host() + ":" +
                                std::to_string(device.endpoint.port) +
                                (device.endpoint.protocol == Protocol::ws ? ";transport=ws>" : ">");
    CHECK(status_of(enrol(device, "bob", contact + expires).bytes) == 200);
  }
  void leave(const Peer& device) {
    relay.flow_closed(now, device.flow);
    drain();
  }
  void pass(Milliseconds time) {
    now.wall += time;
    advance(time);
  }

  static std::string body(const Relay::SendTo& sent) {
    return sent.bytes.substr(sent.bytes.find("\r\n\r\n") + 4);
  }
  /// Takes what is sent next, which is a request with that body, and has its receiver answer.
  void expect(const std::string& wanted, int status = 200) {
    const auto sent_now = take();
    CHECK(body(sent_now) == wanted);
    respond(sent_now, status);
  }
  /// What came of stored messages.
  std::vector<Mailbox::Outcome> outcomes() const {
    std::vector<Mailbox::Outcome> all;
    for (const auto& step : progress)
      if (step.step == Relay::Progress::Step::from_mailbox) all.push_back(step.outcome);
    return all;
  }
  std::vector<std::string> kept() const {
    std::vector<std::string> bodies;
    for (const StoredMessage& message : shelf.messages)
      bodies.push_back(message.request.substr(message.request.find("\r\n\r\n") + 4));
    return bodies;
  }
};

}  // namespace relay::test
