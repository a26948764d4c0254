#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "im/cpim.h"
#include "im/date_time.h"
#include "im/imdn.h"
#include "message/media_type.h"

using namespace sip;

namespace {

/// What is written of a header's text reads as it was.
void write_again(const CpimHeader& header) {
  const std::string text = cpim_unescaped(header.value);
  assert(is_utf8(text));
  assert(cpim_unescaped(cpim_escaped(text)) == text);
  const auto address = CpimAddress::parse(header.value);
  if (!address) return;
  const std::string name = cpim_unescaped(address->formal_name);
  const std::string body = CpimWriter()
                               .address("From", name, address->uri)
                               .header("Subject", text)
                               .finish({.content_type = "text/plain"});
  const auto cpim = Cpim::parse(body);
  assert(cpim && cpim->headers.size() == 2);
  assert(cpim_unescaped(cpim->headers[1].value) == text);
  const auto again = CpimAddress::parse(cpim->headers[0].value);
  assert(again && cpim_unescaped(again->formal_name) == name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cpim = Cpim::parse(text);
  if (!cpim) {
    assert(cpim.error().offset <= size);
    return 0;
  }
  assert(cpim->headers.size() <= Cpim::max_headers);
  (void)cpim->requires_unknown();
  for (const CpimHeader& header : cpim->headers) {
    write_again(header);
    (void)header.language();
    (void)DispositionRequest::parse(header.value);
    if (const auto time = parse_date_time(header.value))
      assert(parse_date_time(date_time(*time)) || header.value.substr(0, 4) == "0000" ||
             header.value.substr(0, 4) == "9999");
  }
  const auto media = MediaType::parse(cpim->content.content_type);
  if (!media) return 0;
  MultipartReader parts(cpim->content.body, media->params.value("boundary").value_or(""));
  for (std::string_view part; parts.next(part);) (void)MimeEntity::parse(part);
  return 0;
}
