#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "message/message.h"
#include "transaction/transaction_layer.h"

namespace sip::test {

inline constexpr FlowId flow{7};

inline Peer peer(Protocol protocol) { return {flow, {protocol, *IpAddress::parse("198.51.100.2"), 5060}}; }

/// A request with the parts that tell transactions apart.
struct Sketch {
  std::string method = "MESSAGE";
  std::string uri = "sip:bob@example.org";
  std::string via = "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKone";
  std::string from = "<sip:alice@example.org>;tag=a";
  std::string to = "<sip:bob@example.org>";
  std::string call_id = "call";
  std::string cseq = "1";

  std::string text() const {
    return method + " " + uri + " SIP/2.0\r\nVia: " + via + "\r\nFrom: " + from + "\r\nTo: " + to +
           "\r\nCall-ID: " + call_id + "\r\nCSeq: " + cseq + " " + method + "\r\nContent-Length: 0\r\n\r\n";
  }
};

/// A TransactionLayer on virtual time.
struct Bench {
  TransactionLayer layer;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};

  TransactionLayer::Received receive(const std::string& text, Protocol protocol = Protocol::udp) {
    const auto message = MessageView::parse(text);
    REQUIRE(message);
    const auto headers = MandatoryHeaders::parse(*message);
    REQUIRE(headers);
    return layer.receive(now, peer(protocol), *message, *headers);
  }
  TransactionLayer::Received receive(const Sketch& sketch, Protocol protocol = Protocol::udp) {
    return receive(sketch.text(), protocol);
  }
  TransactionId request(const Sketch& sketch, std::string_view branch, Protocol protocol = Protocol::udp) {
    return layer.request(now, peer(protocol), branch, sketch.method, sketch.text());
  }
  static std::string response_to(const Sketch& sketch, int status) {
    const std::string text = sketch.text();
    const auto message = MessageView::parse(text);
    REQUIRE(message);
    return Message::response_to(*message, status, "t").finish();
  }
  /// The next event, which must be of that kind.
  template <class Event>
  Event expect() {
    auto event = layer.poll();
    REQUIRE(event);
    REQUIRE(std::holds_alternative<Event>(*event));
    return std::get<Event>(std::move(*event));
  }
  std::string sent() { return expect<TransactionLayer::Send>().text; }
  bool is_quiet() { return !layer.poll(); }
  void sleep() {
    REQUIRE(layer.deadline());
    now.mono = *layer.deadline();
    layer.advance(now);
  }
};

}  // namespace sip::test
