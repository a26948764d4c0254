#include "answer_record.h"

#include <string>
#include <string_view>

#include "enumerators.h"

namespace bridge {
namespace {

using namespace sip;

std::optional<Answer> read_opened(RecordReader& reader) {
  Opened opened;
  opened.content_type = reader.string();
  opened.body = reader.string();
  const auto protection = from_text(reader.string(), Protection::signed_and_encrypted);
  opened.signer = reader.string();
  if (!protection) return std::nullopt;
  opened.protection = *protection;
  return opened;
}

std::optional<Answer> read_not_opened(RecordReader& reader) {
  const auto reason = from_text(reader.string(), NotOpened::Reason::malformed);
  NotOpened refusal;
  refusal.content_type = reader.string();
  refusal.body = reader.string();
  if (!reason) return std::nullopt;
  refusal.reason = *reason;
  return refusal;
}

std::optional<Answer> read_fields(std::string_view kind, RecordReader& reader) {
  if (kind == "sealed") {
    std::string content_type = reader.string();
    return Sealed{std::move(content_type), reader.string()};
  }
  if (kind == "in-the-clear") return InTheClear{};
  if (kind == "not-sealed") return NotSealed{};
  if (kind == "opened") return read_opened(reader);
  if (kind == "not-opened") return read_not_opened(reader);
  if (kind == "decoded") return Decoded{reader.string()};
  if (kind == "not-decoded") return NotDecoded{};
  return std::nullopt;
}

}  // namespace

std::optional<GivenAnswer> read_answer(RecordReader& reader) {
  const double number = reader.number();
  if (!(number >= 1 && number < 9e15)) return std::nullopt;
  auto answer = read_fields(reader.string(), reader);
  if (!answer || !reader.is_good()) return std::nullopt;
  return GivenAnswer{JobId{static_cast<std::uint64_t>(number)}, *std::move(answer)};
}

}  // namespace bridge
