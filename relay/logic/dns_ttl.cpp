#include "logic/dns_ttl.h"

#include <algorithm>
#include <cstddef>

namespace relay {

using namespace sip;

namespace {

constexpr std::uint32_t soa_type = 6;

/// Reads numbers and names; past the end everything is 0 and is_good() is over.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  bool is_good() const { return is_good_; }
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
    return value;
  }
  std::span<const std::uint8_t> take(std::size_t size) {
    is_good_ = is_good_ && size <= rest_.size();
    if (!is_good_) return {};
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  /// RFC 1035 4.1.4: labels up to an empty one or a pointer, which is not followed.
  void skip_name() {
    while (is_good_) {
      const std::uint32_t length = number(1);
      if (length >= 0xc0) take(1);
      if (length == 0 || length >= 0xc0) return;
      take(length);
    }
  }

 private:
  std::span<const std::uint8_t> rest_;
  bool is_good_ = true;
};

struct Record {
  std::uint32_t type;
  std::uint32_t ttl;
  std::span<const std::uint8_t> data;
};

Record read_record(Reader& reader) {
  reader.skip_name();
  Record record{};
  record.type = reader.number(2);
  reader.take(2);  // class
  record.ttl = reader.number(4);
  record.data = reader.take(reader.number(2));
  return record;
}

/// RFC 2308 5: the lesser of its TTL and of MINIMUM, its last field.
std::uint32_t negative_ttl(const Record& soa) {
  const std::size_t size = std::min<std::size_t>(soa.data.size(), 4);
  return std::min(soa.ttl, Reader(soa.data.last(size)).number(4));
}

}  // namespace

std::optional<Seconds> ttl_of(std::span<const std::uint8_t> response) {
  Reader reader(response);
  reader.take(4);  // identification and flags
  const std::uint32_t questions = reader.number(2);
  const std::uint32_t answers = reader.number(2);
  const std::uint32_t authorities = reader.number(2);
  reader.take(2);
  for (std::uint32_t i = 0; i < questions && reader.is_good(); ++i) {
    reader.skip_name();
    reader.take(4);
  }
  std::optional<std::uint32_t> ttl;
  for (std::uint32_t i = 0; i < answers + authorities && reader.is_good(); ++i) {
    const Record record = read_record(reader);
    if (!reader.is_good()) break;
    if (i < answers) ttl = std::min(ttl.value_or(record.ttl), record.ttl);
    if (i >= answers && answers == 0 && record.type == soa_type) ttl = negative_ttl(record);
  }
  return ttl ? std::optional(Seconds(*ttl)) : std::nullopt;
}

}  // namespace relay
