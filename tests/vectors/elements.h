#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "auth/digest_server.h"
#include "base/ascii.h"
#include "logic/relay.h"
#include "message/contact.h"
#include "message/mandatory_headers.h"
#include "message/message.h"
#include "ua/user_agent.h"

namespace vectors {

using namespace sip;

inline std::string read_vector(const std::string& name) {
  std::ifstream file("tests/vectors/" + name + ".dat", std::ios::binary);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The text with every `what` in it replaced; there must be one.
inline std::string with(std::string text, const std::string& what, const std::string& by) {
  std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  for (; at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

/// What an element says to a message; silence has the status 0.
struct Reply {
  int status = 0;
  std::string text;
  std::vector<std::string> forwarded;
  bool hung_up = false;

  std::string field(HeaderName name) const {
    const auto view = MessageView::parse(text);
    return view ? std::string(view->value(name).value_or("(absent)")) : "(no response)";
  }
  std::vector<std::string> values(HeaderName name) const {
    std::vector<std::string> all;
    const auto view = MessageView::parse(text);
    REQUIRE(view);
    ValueReader reader(*view, name);
    while (const auto value = reader.next()) all.emplace_back(*value);
    return all;
  }
  void take(const std::string& bytes) {
    const auto view = MessageView::parse(bytes);
    REQUIRE(view);
    if (view->is_request()) {
      forwarded.push_back(bytes);
    } else {
      CHECK(status == 0);
      status = view->status();
      text = bytes;
    }
  }
};

inline constexpr UnixTime noon{Seconds(1'795'521'600)};  // 24 November 2026, 12:00:00 UTC

/// A person's client, registered over one flow of that transport.
struct Agent {
  Now now{Instant(Milliseconds(1000)), noon};
  UserAgent agent{account(), seed_from(1), {}};
  std::vector<UserAgent::MessageReceived> shown;

  explicit Agent(Protocol protocol) {
    agent.start(now);
    agent.flow_opened(now, FlowId{1}, protocol);
    std::string registration;
    while (auto output = agent.poll())
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) registration = bytes->bytes;
    agent.receive(now, FlowId{1}, Message::response_to(*MessageView::parse(registration), 200, "r").finish());
    while (agent.poll()) {
    }
  }
  static Account account() {
    Account account;
    account.address = "sip:user@example.com";
    account.credentials.password = "secret";
    return account;
  }
  Reply say(const std::string& text) {
    agent.receive(now, FlowId{1}, text);
    Reply reply;
    while (auto output = agent.poll()) {
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) reply.take(bytes->bytes);
      if (auto* message = std::get_if<UserAgent::MessageReceived>(&*output))
        shown.push_back(std::move(*message));
    }
    return reply;
  }
};

/// A relay whose store knows everyone but "nobody"; the password is "secret".
struct Element {
  relay::Relay relay;
  std::string domain;
  Now now{Instant(Milliseconds(1000)), noon};
  Peer sender{FlowId{1}, {Protocol::udp, *IpAddress::parse("198.51.100.9"), 5060}};
  bool knows_users = true;

  /// Without authentication it takes every sender at their word, so that the rest of its work shows.
  explicit Element(const std::string& name = "example.com", bool authenticate = false)
      : relay(settings(name, authenticate), seed_from(1)), domain(name) {}

  static relay::Settings settings(const std::string& name, bool authenticate) {
    relay::Settings settings;
    settings.domain = name;
    settings.authenticate = authenticate;
    for (const Protocol protocol : {Protocol::udp, Protocol::tcp}) {
      settings.listeners.push_back({protocol, *IpAddress::parse("203.0.113.1"), 5060});
      settings.listeners.push_back({protocol, *IpAddress::parse("2001:db8::10"), 5060});
    }
    return settings;
  }
  Reply say(const std::string& text) {
    relay.receive(now, sender, text);
    return drain();
  }
  Reply drain() {
    Reply reply;
    while (auto output = relay.poll()) {
      if (auto* question = std::get_if<relay::Relay::FindUser>(&*output)) {
        relay::Relay::UserFound found;
        if (knows_users)
          found.digest = StoredDigest{digest_ha1(DigestAlgorithm::md5, question->user, domain, "secret"),
                                      digest_ha1(DigestAlgorithm::sha256, question->user, domain, "secret")};
        relay.answer(now, question->job, found);
      } else if (auto* lookup = std::get_if<relay::Relay::LookUp>(&*output)) {
        relay.answer(now, lookup->job, relay::DnsAnswer{});
      } else if (auto* sent = std::get_if<relay::Relay::SendTo>(&*output)) {
        reply.take(sent->bytes);
      } else if (std::holds_alternative<relay::Relay::Hangup>(*output)) {
        reply.hung_up = true;
      }
    }
    return reply;
  }
  /// Binds a phone to a user, who is named as in a URI.
  void enrol(const std::string& user) {
    const std::string address = "<sip:" + user + "@" + domain + ">";
    const Reply reply =
        say("REGISTER sip:" + domain + " SIP/2.0\r\nVia: SIP/2.0/UDP phone;branch=z9hG4bKenrol\r\nFrom: " +
            address + ";tag=1\r\nTo: " + address +
            "\r\nCall-ID: enrol\r\nCSeq: 1 REGISTER\r\nContact: <sip:phone@198.51.100.7>\r\n\r\n");
    REQUIRE(reply.status == 200);
  }
};

/// Looks at a message as far as the types of this core go and names what is wrong with it; empty for nothing.
inline std::string defect(const std::string& text) {
  auto message = MessageView::parse(text);
  if (!message) return "start line";
  if (message->is_request() && !equal_ignoring_case(message->version(), "SIP/2.0")) return "version";
  if (const auto error = message->trim_body(MessageView::Framing::datagram)) return std::string(error->what);
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers) return std::string(headers.error().what);
  if (message->is_request() && !Uri::parse(message->request_uri())) return "Request-URI";
  ValueReader vias(*message, HeaderName::via);
  while (const auto value = vias.next())
    if (!Via::parse(*value)) return "Via";
  ValueReader contacts(*message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (!Contact::parse(*value)) return "Contact";
  return {};
}

/// What an Agent over WebSocket, an Agent over UDP and an Element answer.
struct Statuses {
  int web, udp, relay;
};

inline void check_answers(const std::string& text, const Statuses& expected,
                          const std::string& domain = "example.com") {
  const auto request = MessageView::parse(text);
  const auto check = [&](const Reply& reply, int status) {
    CHECK(reply.status == status);
    CHECK(reply.forwarded.empty());
    if (status == 0) return;
    // 8.2.6.2: every response copies what leads it back.
    for (const HeaderName name : {HeaderName::via, HeaderName::call_id, HeaderName::cseq, HeaderName::from})
      CHECK(reply.field(name) == request->value(name).value_or("(absent)"));
    // 8.2.1: both carry Allow.
    if (status == 405) CHECK(reply.field(HeaderName::allow) != "(absent)");
  };
  check(Agent(Protocol::ws).say(text), expected.web);
  check(Agent(Protocol::udp).say(text), expected.udp);
  const Reply reply = Element(domain).say(text);
  CHECK(reply.status == expected.relay);
  if (reply.status != 0)
    CHECK(reply.field(HeaderName::call_id) == request->value(HeaderName::call_id).value_or("(absent)"));
}

}  // namespace vectors
