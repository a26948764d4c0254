#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bridge {

/// Writes the output records of ABI.md.
class RecordWriter {
 public:
  RecordWriter() : bytes_(sizeof(std::uint32_t), '\0') {}

  RecordWriter& type(std::uint8_t type);
  RecordWriter& number(double value);
  RecordWriter& string(std::string_view text);
  /// The record with its length in front.
  std::string finish();

 private:
  std::string bytes_;
};

/// Reads the input records of ABI.md. Past the end of the record it gives zeros and empty strings, and
/// is_good() says so.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : bytes_(bytes) {}

  double number();
  std::string string();
  /// Every field was there, and nothing is left.
  bool is_good() const { return is_good_ && bytes_.empty(); }

 private:
  bool take(void* into, std::size_t size);

  std::string_view bytes_;
  bool is_good_ = true;
};

}  // namespace bridge
