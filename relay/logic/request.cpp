#include "logic/request.h"

namespace relay {

using namespace sip;

bool is_first_hop(const Request& request) {
  ValueReader vias(request.message, HeaderName::via);
  vias.next();
  return !vias.next();
}

std::optional<KeptRequest> KeptRequest::read(std::string_view text) {
  auto message = MessageView::parse(text);
  if (!message || !message->is_request() || message->trim_body(MessageView::Framing::datagram))
    return std::nullopt;
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers) return std::nullopt;
  return KeptRequest(*message, *headers);
}

}  // namespace relay
