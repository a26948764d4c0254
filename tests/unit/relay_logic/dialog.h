#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "bench.h"

namespace relay::test {

/// One end's view of a dialog (RFC 3261 12.1): what it puts into its requests.
struct DialogEnd {
  Peer peer;           ///< where it is
  std::string local;   ///< From, with its tag
  std::string remote;  ///< To, with its tag
  std::string call_id;
  std::string target;               ///< the other end's Contact
  std::vector<std::string> routes;  ///< in the order of Route
  int cseq = 100;

  std::string write(const std::string& method, const std::string& fields = {}) {
    const std::string number = std::to_string(++cseq);
    const std::string branch = call_id + local.substr(local.find("tag=") + 4) + number;
    std::string text = method + " " + target + " SIP/2.0\r\nVia: SIP/2.0/" +
                       std::string(via_transport(peer.endpoint.protocol)) +
                       " end.invalid;rport;branch=z9hG4bK" + branch +
                       "\r\nMax-Forwards: 70\r\nFrom: " + local + "\r\nTo: " + remote +
                       "\r\nCall-ID: " + call_id + "\r\nCSeq: " + number + " " + method + "\r\n";
    for (const std::string& route : routes) text += "Route: " + route + "\r\n";
    return text + fields + "Content-Length: 0\r\n\r\n";
  }
};

inline std::vector<std::string> values(const std::string& text, HeaderName name) {
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  std::vector<std::string> all;
  ValueReader reader(*view, name);
  while (const auto value = reader.next()) all.emplace_back(*value);
  return all;
}

/// The URI between angle brackets.
inline std::string uri_in(const std::string& value) {
  const auto address = NameAddr::parse(value);
  REQUIRE(address);
  return std::string(address->uri.text);
}

/// Two ends that have met.
struct Dialog {
  DialogEnd caller;
  DialogEnd callee;
};

/// A relay that carries calls.
struct Calls : Bench {
  explicit Calls(bool authenticate = false) : Bench(authenticate) { with_digest = authenticate; }
  explicit Calls(const Settings& with, std::uint64_t seed = 1) : Bench(with, seed) {
    with_digest = with.authenticate;
  }

  std::string invite(const Sketch& sketch, const std::string& contact) {
    Sketch whole = sketch;
    whole.method = "INVITE";
    whole.fields += "Contact: <" + contact + ">\r\n";
    return write(whole);
  }
  /// What the relay sends to that peer, taken out of all that it sent.
  Relay::SendTo to(const Peer& wanted) {
    const auto found = std::find_if(sent.begin(), sent.end(), [&](const Relay::SendTo& each) {
      return each.to.endpoint.address == wanted.endpoint.address ||
             (wanted.flow == each.to.flow && is_reliable(wanted.endpoint.protocol));
    });
    REQUIRE(found != sent.end());
    Relay::SendTo taken = std::move(*found);
    sent.erase(found);
    return taken;
  }
  int status_to(const Peer& wanted) { return status_of(to(wanted).bytes); }
  /// A device answers what it got, in a dialog of its own.
  void answer(const Relay::SendTo& request, int status, const std::string& contact, const std::string& tag) {
    const auto view = MessageView::parse(request.bytes);
    REQUIRE(view);
    Message response = Message::response_to(*view, status, tag);
    for (const std::string& route : values(request.bytes, HeaderName::record_route))
      response.add(HeaderName::record_route, route);
    response.add(HeaderName::contact, "<" + contact + ">");
    say(request.to, response.finish());
  }
  /// The dialog that an answered INVITE has formed, as both ends see it.
  static Dialog dialog(const Peer& caller, const Relay::SendTo& invite, const Relay::SendTo& answer) {
    std::vector<std::string> routes = values(invite.bytes, HeaderName::record_route);
    const std::string from = field(answer.bytes, HeaderName::from);
    const std::string to = field(answer.bytes, HeaderName::to);
    const std::string call_id = field(answer.bytes, HeaderName::call_id);
    Dialog dialog{{caller, from, to, call_id, uri_in(field(answer.bytes, HeaderName::contact)), {}},
                  {invite.to, to, from, call_id, uri_in(field(invite.bytes, HeaderName::contact)), routes}};
    dialog.caller.routes = values(answer.bytes, HeaderName::record_route);
    std::reverse(dialog.caller.routes.begin(), dialog.caller.routes.end());
    return dialog;
  }
};

}  // namespace relay::test
