#include "record.h"

#include <bit>

namespace bridge {

static_assert(std::endian::native == std::endian::little, "ABI.md says little-endian");

RecordWriter& RecordWriter::type(std::uint8_t type) {
  bytes_ += static_cast<char>(type);
  return *this;
}

RecordWriter& RecordWriter::number(double value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof value);
  return *this;
}

RecordWriter& RecordWriter::string(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  char raw[sizeof size];
  std::memcpy(raw, &size, sizeof size);
  bytes_.append(raw, sizeof size).append(text);
  return *this;
}

std::string RecordWriter::finish() {
  const auto rest = static_cast<std::uint32_t>(bytes_.size() - sizeof(std::uint32_t));
  std::memcpy(bytes_.data(), &rest, sizeof rest);
  return std::move(bytes_);
}

bool RecordReader::take(void* into, std::size_t size) {
  if (bytes_.size() < size) {
    is_good_ = false;
    return false;
  }
  std::memcpy(into, bytes_.data(), size);
  bytes_.remove_prefix(size);
  return true;
}

double RecordReader::number() {
  double value = 0;
  return take(&value, sizeof value) ? value : 0;
}

std::string RecordReader::string() {
  std::uint32_t size = 0;
  if (!take(&size, sizeof size) || bytes_.size() < size) {
    is_good_ = false;
    return {};
  }
  std::string text(bytes_.substr(0, size));
  bytes_.remove_prefix(size);
  return text;
}

}  // namespace bridge
