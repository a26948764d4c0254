// Of what would be past a limit of messages on its way, so that whoever gets it might end the connection by
// which others have sent something, too.
#include "elsewhere.h"
#include "mailbox_bench.h"

namespace outgrown_test {

using namespace relay;
using namespace relay::test;

namespace {

const Peer gateway = peer(Protocol::tcp, 2);

/// A request that is about as long as that.
std::string request_of(Bench& bench, Sketch sketch, std::size_t size) {
  sketch.body = std::string(size - 1000, 'x');
  const std::size_t head = bench.write(sketch).size() - sketch.body.size();
  sketch.body = std::string(size - head, 'x');
  return bench.write(sketch);
}

}  // namespace

TEST_CASE("a request that would be longer than a message may be with what it gets here is 513") {
  Open bench;
  const Sketch sketch{.uri = "sip:dave@example.net"};
  bench.say(bench.alice, request_of(bench, sketch, max_message_size - 100));
  CHECK(bench.take_status() == 513);
  bench.say(bench.alice, request_of(bench, sketch, max_message_size - 1000));
  CHECK(MessageView::parse(bench.take().bytes));
  CHECK(bench.sent.empty());
}

TEST_CASE("so is one whose recipient's Contact makes it so long") {
  Open bench;
  const std::string user(1900, 'b');
  bench.enrol(gateway, "bob", "<sip:" + user + "@198.51.100.2:5002;transport=tcp>");
  bench.say(bench.alice, request_of(bench, {}, max_message_size - 1000));
  CHECK(bench.take_status() == 513);
}

TEST_CASE("so is one that would have too many header fields, or one that is too long") {
  Open bench;
  std::string fields;
  for (std::size_t i = 0; i < max_header_fields - 8; ++i) fields += "X: y\r\n";
  bench.write_to("sip:dave@example.net", fields);
  CHECK(bench.take_status() == 513);
  std::string routes;
  for (int i = 0; i < 3; ++i)
    routes += "Route: <sip:example.org;lr>, <sip:example.net;lr;x=" + std::string(1900, 'x') + ">\r\n";
  for (int i = 0; i < 3; ++i) routes += "Route: <sip:example.net;lr;x=" + std::string(1900, 'x') + ">\r\n";
  bench.write_to("sip:dave@example.net", routes);
  CHECK(bench.take_status() == 513);
}

TEST_CASE("what could hardly be forwarded later is not stored") {
  MailboxBench bench;
  const Sketch sketch{.from = "sip:carol@example.net"};
  bench.say(sender, request_of(bench, sketch, max_message_size - 1000));
  CHECK(bench.take_status() == 513);
  bench.say(sender, request_of(bench, sketch, max_message_size - 4000));
  CHECK(bench.take_status() == 202);
}

TEST_CASE("a list of Contacts that no message holds is not answered") {
  Open bench;
  for (int i = 0; i < 9; ++i) {
    const auto answer = bench.enrol(
        gateway, "bob",
        "<sip:bob" + std::to_string(i) + "@198.51.100.2:5002;transport=tcp>;x=" + std::string(7900, 'x'));
    CHECK(MessageView::parse(answer.bytes));
    CHECK(Bench::status_of(answer.bytes) == (i < 8 ? 200 : 513));
  }
}

TEST_CASE("challenges of several devices that no message holds together do not go back together") {
  Open bench;
  for (int i = 0; i < 3; ++i)
    bench.enrol(gateway, "bob", "<sip:bob" + std::to_string(i) + "@198.51.100.2:5002;transport=tcp>");
  bench.say(bench.alice, bench.write({}));
  for (const auto& request : std::exchange(bench.sent, {})) {
    const auto view = MessageView::parse(request.bytes);
    REQUIRE(view);
    Message response = Message::response_to(*view, 407, "t");
    for (int i = 0; i < 4; ++i)
      response.add(HeaderName::proxy_authenticate,
                   "Digest realm=\"" + std::string(7000, 'r') + "\", nonce=\"n\"");
    bench.say(request.to, response.finish());
  }
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 407);
}

}  // namespace outgrown_test
