#include <array>
#include <cstdint>
#include <string_view>

#include "message/message_view.h"
#include "parse/full_parse.h"

// The module that parse.mjs measures. A program writes a message's UTF-8 into bench_buffer() and calls
// bench_parse(), which gives the address of the parts that an application asks for.
#define EXPORT(name) __attribute__((export_name(#name))) extern "C"

namespace {

/// A part of the text in the buffer, in bytes.
struct Part {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// As sipmsg.mjs reads it: all of it is u32.
struct Parts {
  Part method, request_uri, from, to, call_id, body;
  std::uint32_t cseq = 0;
};

std::array<char, sip::max_message_size> buffer;
Parts parts;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

Part part(std::string_view text) {
  return {static_cast<std::uint32_t>(text.data() - buffer.data()), static_cast<std::uint32_t>(text.size())};
}

}  // namespace

EXPORT(bench_buffer) std::uint32_t bench_buffer() { return address_of(buffer.data()); }

/// `length` bytes of the buffer; 0 for what is no well-formed request.
EXPORT(bench_parse) std::uint32_t bench_parse(std::uint32_t length) {
  bench::FullParse found;
  if (!bench::full_parse(std::string_view(buffer.data(), length), found) || found.status != 0) return 0;
  parts = {part(found.method), part(found.request_uri), part(found.from_uri),
           part(found.to_uri), part(found.call_id),     part(found.body),
           found.cseq};
  return address_of(&parts);
}
