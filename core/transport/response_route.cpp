#include "transport/response_route.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// 18.2.2: the port of sent-by, else the default of the transport.
std::uint16_t sent_by_port(const Via& via) {
  if (via.port) return *via.port;
  return equal_ignoring_case(via.transport, "TLS") ? 5061 : 5060;
}

}  // namespace

std::optional<std::string> completed_via(const Via& via, std::string_view via_text, const Endpoint& source) {
  const auto rport = via.params.find("rport");
  const bool asks_for_port = rport && !rport->value;
  const auto host = IpAddress::parse(via.host);
  const bool is_elsewhere = !host || !(*host == source.address);
  if (!asks_for_port && !is_elsewhere) return std::nullopt;

  std::string text(via_text);
  if (asks_for_port) {
    // The parameter's name is borrowed from via_text, or from an equal text: look it up here.
    const std::string_view params = via.params.text();
    const auto offset = static_cast<std::size_t>(rport->name.data() - params.data());
    const std::size_t at = text.size() - params.size() + offset + rport->name.size();
    text.insert(at, "=" + std::to_string(source.port));
  }
  // 18.2.1, RFC 3581 4: received tells the address even where it equals sent-by, if rport asks. One that the
  // sender wrote itself must not send responses elsewhere: the first one counts, so ours goes in front.
  const std::size_t params_start = text.find(';');
  const std::string received = ";received=" + source.address.text();
  text.insert(params_start == std::string::npos ? text.size() : params_start, received);
  return text;
}

Peer response_route(const Via& via, const Peer& source) {
  Peer route = source;
  // 18.2.2: over a connection the response goes back on it; should it be gone, to the address of the Via.
  // maddr would let any sender aim responses at a third party; it is meant for multicast, which is not served
  // here.
  if (is_reliable(source.endpoint.protocol)) {
    route.endpoint.port = sent_by_port(via);
    return route;
  }
  // RFC 3581 4: to the port that the request came from, if asked for; else to the port of sent-by.
  if (!via.params.has("rport")) route.endpoint.port = sent_by_port(via);
  return route;
}

}  // namespace sip
