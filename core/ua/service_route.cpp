#include "ua/service_route.h"

#include "message/name_addr.h"

namespace sip {
namespace {

/// 7.3.1: a fold is one space.
std::string unfolded(std::string_view value) {
  std::string text;
  for (const char c : value)
    if (c != '\r' && c != '\n') text += c == '\t' ? ' ' : c;
  return text;
}

}  // namespace

ServiceRoute ServiceRoute::read(const MessageView& response) {
  ServiceRoute route;
  ValueReader reader(response, HeaderName::service_route);
  while (const auto value = reader.next()) {
    const auto entry = NameAddr::parse(*value);
    if (!entry || !entry->uri.is_sip() || !entry->uri.params.has("lr")) return {};
    if (route.values.size() == max_values) return {};
    route.values.push_back(unfolded(*value));
  }
  return route;
}

}  // namespace sip
