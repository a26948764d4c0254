#include "im/imdn.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "im/xml.h"

namespace sip {
namespace {

constexpr std::string_view imdn_document_namespace = "urn:ietf:params:xml:ns:imdn";

using Disposition = Imdn::Disposition;
using Status = Imdn::Status;

struct DispositionName {
  Disposition disposition;
  std::string_view element;
};
constexpr std::array<DispositionName, 3> disposition_names{{
    {Disposition::delivery, "delivery-notification"},
    {Disposition::processing, "processing-notification"},
    {Disposition::display, "display-notification"},
}};

struct StatusName {
  Status status;
  std::string_view element;
};
constexpr std::array<StatusName, 7> status_names{{
    {Status::delivered, "delivered"},
    {Status::failed, "failed"},
    {Status::processed, "processed"},
    {Status::stored, "stored"},
    {Status::displayed, "displayed"},
    {Status::forbidden, "forbidden"},
    {Status::error, "error"},
}};

/// 11.1.7: which status a disposition can have.
bool belongs_to(Status status, Disposition disposition) {
  switch (status) {
    case Status::delivered:
    case Status::failed: return disposition == Disposition::delivery;
    case Status::processed:
    case Status::stored: return disposition == Disposition::processing;
    case Status::displayed: return disposition == Disposition::display;
    case Status::forbidden:
    case Status::error:
    case Status::other: return true;
  }
  return false;
}

std::optional<Disposition> disposition_of(std::string_view element) {
  for (const auto& known : disposition_names)
    if (known.element == element) return known.disposition;
  return std::nullopt;
}

Status status_of(std::string_view element, Disposition disposition) {
  for (const auto& known : status_names)
    if (known.element == element) return belongs_to(known.status, disposition) ? known.status : Status::other;
  return Status::other;
}

std::string* field_of(Imdn& imdn, std::string_view element) {
  if (element == "message-id") return &imdn.message_id;
  if (element == "datetime") return &imdn.date_time;
  if (element == "recipient-uri") return &imdn.recipient_uri;
  if (element == "subject") return &imdn.subject;
  return element == "original-recipient-uri" ? &imdn.original_recipient_uri : nullptr;
}

/// Behind the start of a notification element: the first element in its status says what happened.
Result<Status> read_status(XmlReader& reader, Disposition disposition) {
  std::optional<Status> status;
  bool is_inside = false;
  for (std::size_t depth = 1; depth > 0;) {
    const auto token = reader.next();
    if (!token) return token.error();
    const bool is_ours = token->namespace_uri == imdn_document_namespace;
    if (token->kind == XmlToken::Kind::start) {
      ++depth;
      if (depth == 3 && is_inside && is_ours && !status) status = status_of(token->name, disposition);
      if (depth == 2) is_inside = is_ours && token->name == "status";
    } else if (token->kind == XmlToken::Kind::end) {
      --depth;
    }
  }
  return status.value_or(Status::other);
}

void append_element(std::string_view name, std::string_view text, std::string& out) {
  out += "<" + std::string(name) + ">" + xml_escaped(text) + "</" + std::string(name) + ">";
}

/// 11.1.5: with the language of the message's header. The schema (11.1.9) forgets the attribute.
void append_subject(const Imdn& imdn, std::string& out) {
  if (imdn.subject.empty()) return;
  if (imdn.subject_language.empty()) return append_element("subject", imdn.subject, out);
  out += "<subject xml:lang=\"" + xml_escaped(imdn.subject_language) + "\">" + xml_escaped(imdn.subject) +
         "</subject>";
}

}  // namespace

DispositionRequest DispositionRequest::parse(std::string_view value) {
  DispositionRequest request;
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view entry = value.substr(0, comma);
    const std::string_view name = trim(entry.substr(0, entry.find(';')));
    request.positive_delivery |= name == "positive-delivery";
    request.negative_delivery |= name == "negative-delivery";
    request.processing |= name == "processing";
    request.display |= name == "display";
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return request;
}

std::string DispositionRequest::write() const {
  std::string value;
  const auto append = [&](bool is_wanted, std::string_view name) {
    if (!is_wanted) return;
    if (!value.empty()) value += ", ";
    value += name;
  };
  append(positive_delivery, "positive-delivery");
  append(negative_delivery, "negative-delivery");
  append(processing, "processing");
  append(display, "display");
  return value;
}

Result<Imdn> Imdn::parse(std::string_view document) {
  XmlReader reader(document);
  const auto root = reader.next();
  if (!root) return root.error();
  if (root->kind != XmlToken::Kind::start || root->name != "imdn" ||
      root->namespace_uri != imdn_document_namespace)
    return Error{Errc::syntax, 0, "imdn"};
  Imdn imdn;
  bool has_notification = false;
  for (;;) {
    const auto token = reader.next();
    if (!token) return token.error();
    if (token->kind == XmlToken::Kind::done) break;
    if (token->kind != XmlToken::Kind::start) continue;
    const bool is_ours = token->namespace_uri == imdn_document_namespace;
    const auto notified = is_ours ? disposition_of(token->name) : std::nullopt;
    if (notified && !has_notification) {
      const auto status = read_status(reader, *notified);
      if (!status) return status.error();
      has_notification = true;
      imdn.disposition = *notified;
      imdn.status = *status;
      continue;
    }
    auto text = reader.rest_of_element();
    if (!text) return text.error();
    std::string* field = is_ours ? field_of(imdn, token->name) : nullptr;
    if (field != nullptr && field->empty()) *field = std::move(*text);
  }
  if (imdn.message_id.empty() || !has_notification) return Error{Errc::missing_header, 0, "imdn"};
  return imdn;
}

std::string Imdn::write() const {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"" +
                    std::string(imdn_document_namespace) + "\">";
  append_element("message-id", message_id, out);
  append_element("datetime", date_time, out);
  if (!recipient_uri.empty()) append_element("recipient-uri", recipient_uri, out);
  if (!original_recipient_uri.empty()) append_element("original-recipient-uri", original_recipient_uri, out);
  append_subject(*this, out);
  const std::string element(disposition_names[static_cast<std::size_t>(disposition)].element);
  out += "<" + element + "><status>";
  if (status != Status::other)
    out += "<" + std::string(status_names[static_cast<std::size_t>(status)].element) + "/>";
  return out + "</status></" + element + "></imdn>";
}

}  // namespace sip
