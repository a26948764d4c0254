#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/header_name.h"
#include "message/message_view.h"

namespace sip {

/// Writes a message of our own, field by field.
class Message {
 public:
  static Message request(std::string_view method, std::string_view request_uri);
  static Message response(int status, std::string_view reason);
  /// A response to `request` with its Via, From, To, Call-ID and CSeq copied (RFC 3261 8.2.6.2), and
  /// Timestamp in a 100; `to_tag` is added where To has none and status is above 100. An empty reason gets
  /// the usual phrase.
  static Message response_to(const MessageView& request, int status, std::string_view to_tag,
                             std::string_view reason = {});

  /// The value must not hold CR or LF: whoever takes one from outside checks it first.
  Message& add(HeaderName name, std::string_view value);
  Message& add(std::string_view name, std::string_view value);
  /// The finished text, Content-Length included; the Message is empty afterwards.
  std::string finish(std::string_view content_type = {}, std::string_view body = {});

 private:
  std::string text_;
};

/// The usual reason phrase (RFC 3261 21, RFC 3428, RFC 3903); "Unknown" for a status without one.
std::string_view reason_phrase(int status);

/// A received message with a few fields changed, everything else byte for byte (RFC 3261 16.6: a proxy must
/// not touch what it does not have to).
class MessageEdit {
 public:
  explicit MessageEdit(const MessageView& message) : message_(message) {}

  MessageEdit& request_uri(std::string_view uri);
  /// A new first value, before the first field of that name (or before all fields).
  MessageEdit& prepend(HeaderName name, std::string_view value);
  /// One field in place of all fields of that name.
  MessageEdit& replace(HeaderName name, std::string_view value);
  MessageEdit& remove(HeaderName name);
  /// One field of the message, and no other of its name.
  MessageEdit& remove(const HeaderField& field);
  /// Removes the first value of a comma-separated field.
  MessageEdit& remove_first(HeaderName name);
  /// Another text in place of the first value of a comma-separated field.
  MessageEdit& replace_first(HeaderName name, std::string_view value);
  std::string write() const;

 private:
  enum class Kind : std::uint8_t { prepend, replace, remove, remove_first, replace_first };
  struct Change {
    Kind kind;
    HeaderName name;
    std::string value;
  };
  MessageEdit& change(Kind kind, HeaderName name, std::string_view value);
  void write_start_line(std::string& out) const;
  void write_field(const HeaderField& field, std::string& out) const;
  void write_changed(const HeaderField& field, const Change& change, bool is_first, std::string& out) const;
  bool is_first_of_its_name(const HeaderField& field) const;
  const Change* change_of(HeaderName name) const;

  const MessageView& message_;
  std::string request_uri_;
  std::vector<Change> changes_;
  std::vector<const HeaderField*> removed_;
};

}  // namespace sip
