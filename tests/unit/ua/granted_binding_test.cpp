#include "ua/granted_binding.h"

#include <catch2/catch.hpp>

#include "message/message_view.h"

namespace granted_binding_test {

using namespace sip;

namespace {

constexpr std::string_view ours = "sip:alice@k3.invalid;transport=ws";

GrantedBinding read(const std::string& contact_params) {
  const std::string text =
      "SIP/2.0 200 OK\r\nContact: <sip:alice@other.invalid>;pub-gruu=\"sip:alice@example.org;gr=other\", <" +
      std::string(ours) + ">" + contact_params + "\r\n\r\n";
  return GrantedBinding::read(*MessageView::parse(text), ours, Seconds(600));
}

}  // namespace

TEST_CASE("the GRUUs of our own Contact are kept, both, one or none (RFC 5627 4.2)") {
  const auto both = read(
      ";pub-gruu=\"sip:alice@example.org;gr=urn:uuid:1\";temp-gruu=\"sip:tgruu.x@example.org;gr\";expires="
      "60");
  CHECK(both.public_gruu == "sip:alice@example.org;gr=urn:uuid:1");
  CHECK(both.temporary_gruu == "sip:tgruu.x@example.org;gr");
  CHECK(both.expires == Seconds(60));
  CHECK(read(";temp-gruu=\"sip:tgruu.x@example.org;gr\"").public_gruu.empty());
  CHECK(read("").public_gruu.empty());
}

TEST_CASE("what is no GRUU is not kept as one") {
  CHECK(read(";pub-gruu=\"sip:alice@example.org\"").public_gruu.empty());
  CHECK(read(";pub-gruu=\"tel:+1;gr=1\"").public_gruu.empty());
  CHECK(read(";pub-gruu=\"sip:alice@example.org;gr=" + std::string(600, 'a') + "\"").public_gruu.empty());
  CHECK(read(";pub-gruu=\"sip:a@b\\\"\\>;gr=1\"").public_gruu.empty());
}

TEST_CASE(
    "a refresh can time out before the registration ends; a short one is refreshed halfway (RFC 5627 4.2)") {
  const auto refresh_after = [](std::int64_t expires) {
    return GrantedBinding{Seconds(expires), {}, {}}.refresh_after().count();
  };
  CHECK(refresh_after(3600) == 3'240'000);
  CHECK(refresh_after(320) == 288'000);
  CHECK(refresh_after(65) == 33'000);
  CHECK(refresh_after(64) == 32'000);
  CHECK(refresh_after(1) == 500);
}

}  // namespace granted_binding_test
