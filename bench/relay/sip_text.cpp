#include "sip_text.h"

#include <strings.h>

#include "base.h"

namespace load {
namespace {

bool is_field(std::string_view name, std::string_view full, char compact) {
  if (name.size() == 1) return (name[0] | 32) == compact;
  return name.size() == full.size() && strncasecmp(name.data(), full.data(), full.size()) == 0;
}

/// Without the blanks around it.
std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

bool read_start_line(std::string_view line, SipText& sip) {
  if (line.starts_with("SIP/2.0 ")) {
    sip.status = static_cast<unsigned>(number(line.substr(8)));
    return true;
  }
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == line.npos || second == line.npos || line.substr(second + 1) != "SIP/2.0") return false;
  sip.is_request = true;
  sip.method = line.substr(0, first);
  sip.uri = line.substr(first + 1, second - first - 1);
  return true;
}

/// Takes a line with its end off the text; nothing if it has none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || end == 0 || text[end - 1] != '\r') return std::nullopt;
  const std::string_view line = text.substr(0, end - 1);
  text.remove_prefix(end + 1);
  return line;
}

void read_field(std::string_view name, std::string_view value, SipText& sip,
                std::optional<std::size_t>& length) {
  if (name.empty()) return;
  switch (name[0] | 32) {
    case 'v':
      if (is_field(name, "via", 'v') && sip.via_count < sip.vias.size()) sip.vias[sip.via_count++] = value;
      break;
    case 'f':
      if (is_field(name, "from", 'f')) sip.from = value;
      break;
    case 't':
      if (is_field(name, "to", 't')) sip.to = value;
      break;
    case 'i':
      if (is_field(name, "i", 'i')) sip.call_id = value;
      break;
    case 'l':
      if (is_field(name, "l", 'l')) length = number(value);
      break;
    case 'c':
      if (is_field(name, "call-id", '\0'))
        sip.call_id = value;
      else if (is_field(name, "cseq", '\0'))
        sip.cseq = value;
      else if (is_field(name, "content-length", '\0'))
        length = number(value);
      break;
    default: break;
  }
}

}  // namespace

std::optional<SipText> read_sip(std::string_view text) {
  SipText sip;
  std::optional<std::size_t> length;
  auto line = take_line(text);
  if (!line || !read_start_line(*line, sip)) return std::nullopt;
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    const std::size_t colon = line->find(':');
    if (colon == line->npos) return std::nullopt;
    read_field(trimmed(line->substr(0, colon)), trimmed(line->substr(colon + 1)), sip, length);
  }
  if (!line || sip.via_count == 0 || sip.call_id.empty() || sip.cseq.empty()) return std::nullopt;
  if (length.value_or(0) > text.size()) return std::nullopt;
  sip.body = text.substr(0, length.value_or(text.size()));
  return sip;
}

std::string_view name_of(Transport transport) { return transport == Transport::ws ? "WS" : "UDP"; }

SipWriter::SipWriter(const Options& options) : options_(options) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789";
  while (filler_.size() < options.body_bytes + letters.size()) filler_ += letters;
}

void SipWriter::append_user(std::string& to, std::uint32_t user) const {
  to += "sip:";
  to += options_.prefix;
  append_number(to, user);
  to += '@';
  to += options_.domain;
}

void SipWriter::append_fields(std::string& to, Place place, std::string_view branch_prefix,
                              std::uint64_t branch) const {
  to += " SIP/2.0\r\nVia: SIP/2.0/";
  to += name_of(place.transport);
  to += ' ';
  to += place.sent_by;
  to += ";branch=z9hG4bK";
  to += branch_prefix;
  append_hex(to, branch);
  to += ";rport\r\nMax-Forwards: 70\r\nTo: <";
}

std::string SipWriter::registration(std::uint32_t user, Place place, std::uint64_t call, std::uint32_t cseq,
                                    std::uint64_t branch) const {
  std::string text = "REGISTER sip:" + options_.domain;
  append_fields(text, place, "r", branch);
  append_user(text, user);
  text += ">\r\nFrom: <";
  append_user(text, user);
  text += ">;tag=";
  append_hex(text, call, 10);
  text += "\r\nCall-ID: reg-";
  append_number(text, user);
  text += '-';
  append_hex(text, call);
  text += "\r\nCSeq: ";
  append_number(text, cseq);
  text += " REGISTER\r\nContact: <sip:";
  text += options_.prefix;
  append_number(text, user);
  text += '@';
  text += place.sent_by;
  if (place.transport == Transport::ws) text += ";transport=ws";
  text +=
      ">;expires=3600\r\nUser-Agent: bench_load/1.0\r\nAllow: MESSAGE,OPTIONS\r\nSupported: path, "
      "outbound\r\n"
      "Expires: 3600\r\nContent-Length: 0\r\n\r\n";
  return text;
}

const std::string& SipWriter::message(const Text& text, Place place) {
  message_ = "MESSAGE ";
  append_user(message_, text.to);
  append_fields(message_, place, "m", text.nonce);
  append_user(message_, text.to);
  message_ += ">\r\nFrom: <";
  append_user(message_, text.from);
  message_ += ">;tag=";
  append_hex(message_, text.nonce >> 20, 10);
  message_ += "\r\nCall-ID: ";
  append_hex(message_, text.number, 8);
  message_ += '-';
  append_hex(message_, text.nonce);
  message_ +=
      "\r\nCSeq: 1 MESSAGE\r\nUser-Agent: bench_load/1.0\r\nAllow: MESSAGE,OPTIONS\r\nSupported: outbound\r\n"
      "Content-Type: text/plain\r\nContent-Length: ";
  const std::string& body = body_of(text);
  append_number(message_, body.size());
  message_ += "\r\n\r\n";
  message_ += body;
  return message_;
}

const std::string& SipWriter::response(const SipText& request, std::string_view status_line,
                                       std::uint32_t user) {
  response_ = status_line;
  for (std::size_t i = 0; i < request.via_count; ++i) response_.append("\r\nVia: ").append(request.vias[i]);
  response_.append("\r\nFrom: ").append(request.from).append("\r\nTo: ").append(request.to);
  if (request.to.find(";tag=") == request.to.npos) {
    response_ += ";tag=r";
    append_number(response_, user);
  }
  response_.append("\r\nCall-ID: ").append(request.call_id).append("\r\nCSeq: ").append(request.cseq);
  response_ += "\r\nContent-Length: 0\r\n\r\n";
  return response_;
}

std::optional<std::uint32_t> SipWriter::user_in(std::string_view uri) const {
  const std::size_t start = uri.find("sip:");
  if (start == uri.npos) return std::nullopt;
  uri.remove_prefix(start + 4);
  if (!uri.starts_with(options_.prefix)) return std::nullopt;
  uri.remove_prefix(options_.prefix.size());
  if (uri.empty() || uri[0] < '0' || uri[0] > '9') return std::nullopt;
  return static_cast<std::uint32_t>(number(uri));
}

const std::string& SipWriter::body_of(const Text& text) {
  body_.clear();
  for (std::uint32_t value : {text.number, text.from, text.to}) {
    append_hex(body_, value, 8);
    body_ += ' ';
  }
  append_hex(body_, text.nonce);
  body_ += ' ';
  body_.append(filler_, text.number % 64, options_.body_bytes - body_.size());
  return body_;
}

bool SipWriter::is_body_of(const Text& text, std::string_view body) { return body_of(text) == body; }

}  // namespace load
