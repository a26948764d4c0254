#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "message/auth_params.h"
#include "message/contact.h"
#include "message/mandatory_headers.h"
#include "message/media_type.h"
#include "message/message.h"
#include "transport/endpoint.h"
#include "transport/response_route.h"

using namespace sip;

namespace {

void read_every_field(const MessageView& message) {
  for (const HeaderField& field : message.fields()) {
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::string_view value = take_value(list);
      (void)AuthParams::parse(value);
      (void)MediaType::parse(value);
      (void)Via::parse(value);
      if (const auto contact = Contact::parse(value); contact && !contact->star) {
        (void)address_of_record(contact->address.uri);
        assert(equivalent(contact->address.uri, contact->address.uri));
        (void)IpAddress::parse(contact->address.uri.host);
      }
    }
  }
}

}  // namespace

/// A message that parses must parse again, to the same fields, when it was written on unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto message = MessageView::parse(text);
  if (!message) {
    const auto overlarge = MessageView::parse_overlarge(text);
    if (overlarge) (void)Message::response_to(*overlarge, 513, "tag").finish();
    return 0;
  }
  read_every_field(*message);
  const auto headers = MandatoryHeaders::parse(*message);
  if (message->trim_body(MessageView::Framing::datagram) || !headers) return 0;
  const Peer source{FlowId{1}, {Protocol::udp, *IpAddress::parse("192.0.2.1"), 5060}};
  (void)completed_via(headers->via, *message->value(HeaderName::via), source.endpoint);
  (void)response_route(headers->via, source);
  const std::string again = MessageEdit(*message).write();
  const auto second = MessageView::parse(again);
  if (again.size() > max_message_size || message->fields().size() == max_header_fields) return 0;
  assert(second && second->body() == message->body());
  assert(MandatoryHeaders::parse(*second));
  const auto response = MessageView::parse(Message::response_to(*message, 400, "tag").finish());
  assert(message->text().size() > max_message_size / 2 || response);
  return 0;
}
