#include "logic/dns_ttl.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace dns_ttl_test {

using namespace relay;
using sip::Seconds;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes number(std::uint32_t value, int size) {
  Bytes bytes;
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return bytes;
}

/// A response with a question, and with records as they stand on the wire.
Bytes response(std::uint32_t answers, std::uint32_t authorities, const std::vector<Bytes>& records) {
  Bytes bytes = number(0x12348180, 4);
  const auto add = [&](const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  for (const std::uint32_t count : {std::uint32_t{1}, answers, authorities, std::uint32_t{0}})
    add(number(count, 2));
  add({3, 'n', 'e', 't', 0, 0, 1, 0, 1});
  for (const Bytes& record : records) add(record);
  return bytes;
}

/// Its name is a pointer to that of the question.
Bytes record(std::uint32_t type, std::uint32_t ttl, const Bytes& data) {
  Bytes bytes{0xc0, 12};
  for (const Bytes& part : {number(type, 2), number(1, 2), number(ttl, 4),
                            number(static_cast<std::uint32_t>(data.size()), 2), data})
    bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

const Bytes address{192, 0, 2, 1};

Bytes soa(std::uint32_t ttl, std::uint32_t minimum) {
  Bytes data(18, 0);
  const Bytes last = number(minimum, 4);
  data.insert(data.end(), last.begin(), last.end());
  return record(6, ttl, data);
}

}  // namespace

TEST_CASE("a response holds as long as its shortest-lived answer") {
  CHECK(ttl_of(response(2, 1, {record(5, 300, {0}), record(1, 60, address), soa(1, 1)})) == Seconds(60));
  CHECK(ttl_of(response(1, 0, {record(1, 0xffffffff, address)})) == Seconds(0xffffffff));
}

TEST_CASE("that there is nothing holds as long as the SOA says, its TTL or its MINIMUM (RFC 2308 5)") {
  CHECK(ttl_of(response(0, 1, {soa(300, 30)})) == Seconds(30));
  CHECK(ttl_of(response(0, 2, {record(2, 7, {0}), soa(20, 900)})) == Seconds(20));
  CHECK(ttl_of(response(0, 0, {})) == std::nullopt);
}

TEST_CASE("a response cut off anywhere is read as far as it goes") {
  const Bytes whole = response(1, 1, {record(1, 60, address), soa(20, 30)});
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(ttl_of(std::span(whole).first(size)).value_or(Seconds(60)) == Seconds(60));
}

}  // namespace dns_ttl_test
