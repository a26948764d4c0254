#include "im/composing.h"

#include <algorithm>

#include "base/ascii.h"
#include "im/date_time.h"
#include "im/xml.h"

namespace sip {
namespace {

constexpr std::string_view composing_document_namespace = "urn:ietf:params:xml:ns:im-iscomposing";

/// xs:positiveInteger, of any length.
std::optional<Seconds> read_refresh(std::string_view text) {
  if (text.substr(0, 1) == "+") text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  const auto seconds = parse_decimal(text, static_cast<std::uint64_t>(IsComposing::max_refresh.count()));
  if (!seconds) return IsComposing::max_refresh;
  if (*seconds == 0) return std::nullopt;
  return Seconds(static_cast<std::int64_t>(*seconds));
}

}  // namespace

Result<IsComposing> IsComposing::parse(std::string_view document) {
  XmlReader reader(document);
  const auto root = reader.next();
  if (!root) return root.error();
  if (root->kind != XmlToken::Kind::start || root->name != "isComposing" ||
      root->namespace_uri != composing_document_namespace)
    return Error{Errc::syntax, 0, "isComposing"};
  IsComposing status;
  bool has_state = false;
  for (;;) {
    const auto token = reader.next();
    if (!token) return token.error();
    if (token->kind == XmlToken::Kind::done) break;
    if (token->kind != XmlToken::Kind::start) continue;
    auto text = reader.rest_of_element();
    if (!text) return text.error();
    if (token->namespace_uri != composing_document_namespace) continue;  // 3.5: extensions are ignored
    if (token->name == "state") {
      has_state = true;
      status.state = *text == "active" ? State::active : State::idle;
    } else if (token->name == "refresh") {
      status.refresh = read_refresh(*text);
    } else if (token->name == "lastactive") {
      status.last_active = parse_date_time(*text);
    } else if (token->name == "contenttype") {
      status.content_type = std::move(*text);
    }
  }
  if (!has_state) return Error{Errc::missing_header, 0, "isComposing"};
  return status;
}

std::string IsComposing::write() const {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<isComposing xmlns=\"" +
                    std::string(composing_document_namespace) + "\"><state>";
  out += state == State::active ? "active" : "idle";
  out += "</state>";
  if (last_active) out += "<lastactive>" + date_time(*last_active) + "</lastactive>";
  if (!content_type.empty()) out += "<contenttype>" + xml_escaped(content_type) + "</contenttype>";
  if (refresh) out += "<refresh>" + std::to_string(refresh->count()) + "</refresh>";
  return out + "</isComposing>";
}

}  // namespace sip
