#include "logic/path.h"

#include "base/ascii.h"

namespace relay {

using namespace sip;

std::variant<Path, Answer> Path::read(const Request& request) {
  Path path;
  std::size_t size = 0;
  ValueReader reader(request.message, HeaderName::path);
  while (const auto value = reader.next()) {
    const auto entry = NameAddr::parse(*value);
    if (!entry || !entry->uri.is_sip() || !entry->uri.params.has("lr"))
      return Answer{.status = 400, .reason = "Bad Path"};
    std::string text;
    for (const char c : *value)
      if (c != '\r' && c != '\n') text += c;
    size += text.size();
    path.values.push_back(std::move(text));
    if (path.values.size() > max_values || size > max_size)
      return Answer{.status = 400, .reason = "Path Too Long"};
  }
  if (!path.values.empty() && !lists_option(request.message, HeaderName::supported, "path"))
    return Answer{.status = 420, .headers = {{HeaderName::unsupported, "path"}}};
  return path;
}

std::string Path::text() const {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

std::optional<NameAddr> Path::first() const {
  if (values.empty()) return std::nullopt;
  const auto entry = NameAddr::parse(values.front());
  return entry ? std::optional<NameAddr>(*entry) : std::nullopt;
}

bool lists_option(const MessageView& message, HeaderName name, std::string_view option) {
  ValueReader reader(message, name);
  while (const auto value = reader.next())
    if (equal_ignoring_case(*value, option)) return true;
  return false;
}

}  // namespace relay
