#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "im/content.h"
#include "im/message_fields.h"
#include "im/transfer_encoding.h"
#include "message/message.h"

using namespace sip;

namespace {

/// What may be written as a field is one field, and reads as what it was.
void write_as_field(std::string_view text) {
  if (text.size() > max_header_field_size / 2) return;
  for (auto member : {&MessageFields::subject, &MessageFields::in_reply_to, &MessageFields::priority,
                      &MessageFields::content_language, &MessageFields::content_disposition}) {
    MessageFields fields;
    fields.*member = text;
    if (!fields.are_valid()) continue;
    Message message = Message::request("MESSAGE", "sip:a@b.invalid");
    message.add(HeaderName::subject, fields.subject)
        .add(HeaderName::in_reply_to, fields.in_reply_to)
        .add(HeaderName::priority, fields.priority)
        .add(HeaderName::content_language, fields.content_language)
        .add(HeaderName::content_disposition, fields.content_disposition);
    const std::string request = message.finish();
    const auto view = MessageView::parse(request);
    assert(view && view->fields().size() == 6 && view->body().empty());
    const MessageFields again = MessageFields::of(*view);
    assert(again.are_valid());
    assert(again.in_reply_to.empty() == fields.in_reply_to.empty());
    assert(again.priority == fields.priority);
  }
}

}  // namespace

/// A MESSAGE's header fields of its body, an empty line, and the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable}) {
    const auto decoded = transfer_decoded(encoding, text);
    assert(!decoded || decoded->size() <= size + 2);
  }
  write_as_field(text.substr(0, text.find('\n')));
  const auto entity = MimeEntity::parse(text);
  if (!entity) return 0;
  ContentAnswers answers(EndToEnd::driver, "sip:bob@example.org");
  auto content = Content::parse(*entity, answers);
  // Of whatever is asked the bytes themselves are the answer.
  for (auto question = answers.take_question(); question; question = answers.take_question()) {
    assert(!content && content.error().code == Errc::unanswered);
    Answer answer = NotDecoded{};
    if (std::holds_alternative<Open>(*question))
      answer =
          Opened{"multipart/mixed;boundary=b", std::get<Open>(*question).body, Protection::signed_only, "s"};
    else if (is_utf8(std::get<Decode>(*question).bytes))
      answer = Decoded{std::get<Decode>(*question).bytes};
    const bool is_taken = answers.accept(answer);
    assert(is_taken);
    content = Content::parse(*entity, answers);
  }
  assert(content || content.error().code != Errc::unanswered);
  if (!content) return 0;
  const Body& body = content->body;
  assert(!body.text || is_utf8(*body.text));
  assert(body.text || body.type.empty());
  assert(is_utf8(body.language));
  assert(body.notifications.size() <= Body::max_parts);
  assert(content->is_cpim || body.notifications.empty());
  assert(body.text || !content->request);
  return 0;
}
