#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "options.h"

// As much of SIP as the load needs, and none of the relay's own code: so it can find the relay wrong.
namespace load {

/// What was received; it borrows the text.
struct SipText {
  bool is_request = false;
  unsigned status = 0;
  std::string_view method;
  std::string_view uri;
  std::array<std::string_view, 16> vias{};
  std::size_t via_count = 0;
  std::string_view from;
  std::string_view to;
  std::string_view call_id;
  std::string_view cseq;
  std::string_view body;
};
std::optional<SipText> read_sip(std::string_view text);

/// Who sends: what goes into Via and Contact.
struct Place {
  Transport transport;
  std::string_view sent_by;
};

/// What makes a MESSAGE; `nonce` is in branch, tag, Call-ID and body.
struct Text {
  std::uint32_t number;
  std::uint32_t from;
  std::uint32_t to;
  std::uint64_t nonce;
};

/// Writes requests and responses for users `prefix0`, `prefix1`, ... of a domain.
class SipWriter {
 public:
  explicit SipWriter(const Options& options);

  std::string registration(std::uint32_t user, Place place, std::uint64_t call, std::uint32_t cseq,
                           std::uint64_t branch) const;
  /// These live until the next one is written.
  const std::string& message(const Text& text, Place place);
  const std::string& response(const SipText& request, std::string_view status_line, std::uint32_t user);

  /// The number of the user in a URI, if it is one of ours.
  std::optional<std::uint32_t> user_in(std::string_view uri) const;
  /// Whether the body is that of the message, byte for byte.
  bool is_body_of(const Text& text, std::string_view body);

 private:
  void append_user(std::string& to, std::uint32_t user) const;
  void append_fields(std::string& to, Place place, std::string_view branch_prefix,
                     std::uint64_t branch) const;
  const std::string& body_of(const Text& text);

  const Options& options_;
  std::string filler_;
  std::string message_;
  std::string response_;
  std::string body_;
};

/// "WS", "UDP".
std::string_view name_of(Transport transport);

}  // namespace load
