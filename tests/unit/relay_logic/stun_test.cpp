#include "transport/stun_message.h"

#include "mailbox_bench.h"

namespace stun_test {

using namespace relay::test;
using namespace std::string_literals;

namespace {

const std::string keep_alive = "\x00\x01\x00\x00\x21\x12\xa4\x42twelve bytes"s;

}  // namespace

TEST_CASE("a keep-alive over UDP is answered by STUN, down its own flow (RFC 5626 8)") {
  Bench bench;
  const Peer phone = peer(Protocol::udp, 3);
  bench.say(phone, keep_alive);
  const auto sent = bench.take();
  CHECK(sent.to == phone);
  CHECK(sent.bytes == *binding_response(keep_alive, phone.endpoint));
  bench.say(phone, sent.bytes);
  bench.say(phone, "\x01"s);
  CHECK(bench.sent.empty());
}

TEST_CASE("over connections there is no STUN: it is no SIP message there (RFC 5626 4.4.2)") {
  Bench bench;
  bench.say(peer(Protocol::tcp, 2), keep_alive);
  CHECK(bench.sent.empty());
  CHECK(bench.hangups.size() == 1);
}

TEST_CASE("one source is answered so many keep-alives a minute and no more, others all the same") {
  Bench bench;
  const auto answered = [&](const Peer& from) {
    bench.say(from, keep_alive);
    return std::exchange(bench.sent, {}).size();
  };
  std::size_t count = 0;
  for (int i = 0; i < 6100; ++i) count += answered(peer(Protocol::udp, 3));
  CHECK(count == 6000);
  CHECK(answered(peer(Protocol::udp, 4)) == 1);
  bench.advance(Seconds(1));
  CHECK(answered(peer(Protocol::udp, 3)) == 1);
}

}  // namespace stun_test
