#include "message/message.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/name_addr.h"

namespace sip {
namespace {

constexpr std::string_view sip_version = "SIP/2.0";

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

/// The second one of a field that may stand only once: the request was refused for it (RFC 4475 3.3.8).
bool is_repeated(const MessageView& request, const HeaderField& field) {
  if (!is_copied_into_responses(field.name) || field.name == HeaderName::via) return false;
  for (const HeaderField& other : request.fields())
    if (other.name == field.name) return &other != &field;
  return false;
}

bool has_tag(std::string_view to) {
  const auto parsed = NameAddr::parse(to);
  return parsed && !parsed->tag().empty();
}

}  // namespace

Message Message::request(std::string_view method, std::string_view request_uri) {
  Message message;
  message.text_.reserve(512);
  message.text_.append(method).append(" ").append(request_uri).append(" SIP/2.0\r\n");
  return message;
}

Message Message::response(int status, std::string_view reason) {
  Message message;
  message.text_.reserve(512);
  message.text_ = "SIP/2.0 " + std::to_string(status) + " ";
  message.text_.append(reason.empty() ? reason_phrase(status) : reason).append("\r\n");
  return message;
}

Message Message::response_to(const MessageView& request, int status, std::string_view to_tag,
                             std::string_view reason) {
  Message message = response(status, reason);
  for (const HeaderField& field : request.fields()) {
    if (is_repeated(request, field)) continue;
    const bool copied = is_copied_into_responses(field.name) && field.name != HeaderName::to;
    // 8.2.6.1: a 100 tells how long it took.
    const bool timed = status == 100 && field.name == HeaderName::timestamp;
    if (copied || timed) append_field(message.text_, to_text(field.name), field.value);
    if (field.name != HeaderName::to) continue;
    // 8.2.6.2: the UAS adds a tag to To in every response but 100.
    std::string to(field.value);
    if (status > 100 && !to_tag.empty() && !has_tag(field.value)) to.append(";tag=").append(to_tag);
    append_field(message.text_, "To", to);
  }
  return message;
}

Message& Message::add(HeaderName name, std::string_view value) { return add(to_text(name), value); }

Message& Message::add(std::string_view name, std::string_view value) {
  append_field(text_, name, value);
  return *this;
}

std::string Message::finish(std::string_view content_type, std::string_view body) {
  if (!content_type.empty()) add(HeaderName::content_type, content_type);
  add(HeaderName::content_length, std::to_string(body.size()));
  text_ += "\r\n";
  text_ += body;
  return std::move(text_);
}

MessageEdit& MessageEdit::request_uri(std::string_view uri) {
  request_uri_ = uri;
  return *this;
}

MessageEdit& MessageEdit::change(Kind kind, HeaderName name, std::string_view value) {
  if (changes_.empty()) changes_.reserve(8);
  changes_.push_back({kind, name, std::string(value)});
  return *this;
}

MessageEdit& MessageEdit::prepend(HeaderName name, std::string_view value) {
  return change(Kind::prepend, name, value);
}

MessageEdit& MessageEdit::replace(HeaderName name, std::string_view value) {
  return change(Kind::replace, name, value);
}

MessageEdit& MessageEdit::remove(HeaderName name) { return change(Kind::remove, name, {}); }

MessageEdit& MessageEdit::remove(const HeaderField& field) {
  removed_.push_back(&field);
  return *this;
}

MessageEdit& MessageEdit::remove_first(HeaderName name) { return change(Kind::remove_first, name, {}); }

MessageEdit& MessageEdit::replace_first(HeaderName name, std::string_view value) {
  return change(Kind::replace_first, name, value);
}

std::string MessageEdit::write() const {
  std::string out;
  out.reserve(message_.text().size() + 256);
  write_start_line(out);
  for (const Change& change : changes_)
    if (change.kind == Kind::prepend && message_.count(change.name) == 0)
      append_field(out, to_text(change.name), change.value);
  for (const HeaderField& field : message_.fields()) write_field(field, out);
  for (const Change& change : changes_)
    if (change.kind == Kind::replace && message_.count(change.name) == 0)
      append_field(out, to_text(change.name), change.value);
  // 18.3: over a stream the length is mandatory, and the message may come from a datagram and go to a stream.
  const bool sized =
      message_.count(HeaderName::content_length) != 0 || change_of(HeaderName::content_length) != nullptr;
  if (!sized) append_field(out, "Content-Length", std::to_string(message_.body().size()));
  out += "\r\n";
  out += message_.body();
  return out;
}

void MessageEdit::write_start_line(std::string& out) const {
  // 7.1: our version is sent in upper case, however it came.
  const bool is_ours = equal_ignoring_case(message_.version(), sip_version);
  const std::string_view version = is_ours ? sip_version : message_.version();
  if (message_.is_request()) {
    const std::string_view uri = request_uri_.empty() ? message_.request_uri() : request_uri_;
    out.append(message_.method()).append(" ").append(uri).append(" ").append(version).append("\r\n");
  } else {
    const std::string status = std::to_string(message_.status());
    out.append(version).append(" ").append(status).append(" ").append(message_.reason()).append("\r\n");
  }
}

void MessageEdit::write_field(const HeaderField& field, std::string& out) const {
  if (std::find(removed_.begin(), removed_.end(), &field) != removed_.end()) return;
  const bool changed = change_of(field.name) != nullptr;
  if (!changed) {
    out += field.line;
    return;
  }
  const bool is_first = is_first_of_its_name(field);
  for (auto change = changes_.rbegin(); is_first && change != changes_.rend(); ++change)
    if (change->kind == Kind::prepend && change->name == field.name)
      append_field(out, to_text(field.name), change->value);
  const auto change = std::find_if(changes_.begin(), changes_.end(), [&](const Change& candidate) {
    return candidate.name == field.name && candidate.kind != Kind::prepend;
  });
  if (change == changes_.end()) {
    out += field.line;
    return;
  }
  write_changed(field, *change, is_first, out);
}

void MessageEdit::write_changed(const HeaderField& field, const Change& change, bool is_first,
                                std::string& out) const {
  std::string_view rest = field.value;
  switch (change.kind) {
    case Kind::prepend:
    case Kind::remove: return;
    case Kind::replace:
      if (is_first) append_field(out, to_text(field.name), change.value);
      return;
    case Kind::remove_first:
    case Kind::replace_first:
      if (!is_first) {
        out += field.line;
        return;
      }
      take_value(rest);
      if (change.kind == Kind::replace_first) append_field(out, to_text(field.name), change.value);
      if (!rest.empty()) append_field(out, to_text(field.name), rest);
      return;
  }
}

bool MessageEdit::is_first_of_its_name(const HeaderField& field) const {
  for (const HeaderField& other : message_.fields())
    if (other.name == field.name) return &other == &field;
  return false;
}

const MessageEdit::Change* MessageEdit::change_of(HeaderName name) const {
  for (const Change& change : changes_)
    if (change.name == name && name != HeaderName::other) return &change;
  return nullptr;
}

}  // namespace sip
