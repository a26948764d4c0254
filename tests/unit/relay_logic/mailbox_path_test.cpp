#include "edge.h"

namespace mailbox_path_test {

using namespace relay::test;

namespace {

const Peer writer = peer(Protocol::tcp, 7);

/// The edge proxy of example.net, which keeps messages for bob of its own domain.
struct KeepingEdge : Edge {
  KeepingEdge() : Edge(keeping()) {}
  static relay::Settings keeping() {
    relay::Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}});
    settings.keeps_messages_for = Seconds(86'400);
    return settings;
  }
  /// By the Path of a client's registration, in alice's name, whose password nobody has asked for.
  void write_by(const std::string& path, const std::string& user) {
    say(writer, write({.uri = "sip:" + user + "@example.org",
                       .fields = "Route: " + path + "\r\n",
                       .body = "forged",
                       .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bK" + user}));
  }
};

}  // namespace

TEST_CASE("what came by a client's Path is not kept for a user of ours, whoever the client says is away") {
  KeepingEdge bench;
  const std::string user = GENERATE("bob", "nobody");
  const int status = GENERATE(480, 408, 503, 486);
  bench.write_by(bench.path(bench.browser, bench.device), user);
  bench.respond(bench.to(bench.browser), status);
  bench.advance(Seconds(32));
  CHECK(bench.shelf.messages.empty());
  bench.sent.clear();
  bench.enrol(peer(Protocol::tcp, 2), "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  CHECK(std::none_of(bench.sent.begin(), bench.sent.end(),
                     [](const auto& each) { return each.bytes.starts_with("MESSAGE"); }));
}

TEST_CASE("nor is it where the client's flow is gone: its sender hears that the flow is") {
  KeepingEdge bench;
  const std::string path = bench.path(bench.browser, bench.device);
  bench.relay.flow_closed(bench.now, bench.browser.flow);
  bench.drain();
  bench.write_by(path, "bob");
  bench.relay.unreachable(bench.now, bench.to(bench.browser).to);
  bench.drain();
  CHECK(bench.status_to(writer) == 430);
  CHECK(bench.shelf.messages.empty());
}

}  // namespace mailbox_path_test
