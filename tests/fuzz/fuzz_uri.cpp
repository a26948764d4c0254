#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip_literal.h"
#include "message/im_uri.h"
#include "message/tel_uri.h"
#include "message/uri.h"

using namespace sip;

/// A URI equals itself, and what it is turned into is a URI again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_ipv4(text);
  (void)parse_ipv6(text);
  if (const auto tel = TelUri::parse(text)) {
    assert(equivalent(*tel, *tel));
    const auto sip = Uri::parse(as_sip_uri(*tel, "example.org"));
    assert((sip && !sip->user.empty()) || text.size() > max_uri_size / 3);
  }
  if (const auto im = ImUri::parse(text)) {
    assert(equivalent(*im, *im));
    const std::string sip_text = as_sip_uri(*im);
    const auto sip = Uri::parse(sip_text);
    assert(sip && sip->user == im->user && sip->host == im->host);
  }
  const auto uri = Uri::parse(text);
  if (!uri) return 0;
  assert(equivalent(*uri, *uri));
  (void)address_of_record(*uri);
  assert(Uri::parse(as_request_uri(*uri)));
  return 0;
}
