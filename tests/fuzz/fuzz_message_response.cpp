#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "im/outbox.h"
#include "message/uri.h"

using namespace sip;

namespace {

void check_target(const std::string& text, std::string_view from) {
  const auto uri = Uri::parse(text);
  assert(uri && uri->is_sip() && uri->headers.empty());
  assert(text.find_first_of("\r\n<> ") == std::string::npos);
  assert(!from.starts_with("sips:") || equal_ignoring_case(uri->scheme, "sips"));
}

}  // namespace

/// Whatever a recipient answers, again and again: each target can be a Request-URI, a try ends after a few of
/// them, and a message in the end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto response = MessageView::parse(text);
  if (!response || response->is_request() || response->status() < 200) return 0;
  for (const std::string_view from : {"sip:bob@example.org", "sips:bob@example.org", "im:bob@example.org"}) {
    for (const std::string& target : targets_of(*response, from)) check_target(target, from);
    Outbox outbox;
    Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};
    outbox.add(now, {.id = "1"}, std::string(from));
    for (unsigned tries = 0; outbox.deadline(); ++tries) {
      assert(tries < Outbox::max_tries * TargetSet::max_targets);
      now.mono = std::max(now.mono, *outbox.deadline());
      const auto outgoing = outbox.next(now);
      assert(outgoing);
      outbox.answered(now, "1", FinalResponse::read(*response, outgoing->target, Seconds(tries)));
    }
    DeliveryState last = DeliveryState::queued;
    while (const auto delivery = outbox.poll()) last = delivery->state;
    assert(last != DeliveryState::queued && last != DeliveryState::sending);
  }
  return 0;
}
