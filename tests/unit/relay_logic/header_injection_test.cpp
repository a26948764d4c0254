#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "mailbox_bench.h"

namespace header_injection_test {

using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bobs_phone = peer(Protocol::tcp, 2);

/// What would begin a line of its own, were it copied or decoded without care.
const std::vector<std::string> payloads{"x\r\nX-Evil: 1",   "x\nX-Evil: 1",     "x\rX-Evil: 1",
                                        "x\r\n X-Evil: 1",  "x\r\n\tX-Evil: 1", "x\n X-Evil: 1",
                                        "x%0d%0aX-Evil: 1", "x\\\r\nX-Evil: 1", "x\\\r\n X-Evil: 1",
                                        "x\\rX-Evil: 1",    "x\r\r\nX-Evil: 1", "x\r\n\r\nX-Evil: 1"};

/// The sketches that have the payload in one place each.
std::vector<Sketch> messages_with(const std::string& payload) {
  std::vector<Sketch> sketches(8);
  sketches[0].from = "sip:" + payload + "@example.org";
  sketches[1].uri = "sip:bob@example.org;p=" + payload;
  sketches[2].to = "sip:bob@example.org>;p=\"" + payload + "\";q=<x";
  sketches[3].fields = "Subject: " + payload + "\r\n";
  sketches[4].fields = "Proxy-Require: " + payload + "\r\n";
  sketches[5].fields = "Proxy-Authorization: Digest realm=\"example.org\", username=\"" + payload + "\"\r\n";
  sketches[6].via = "SIP/2.0/WS k3.invalid;rport;branch=z9hG4bK1;p=\"" + payload + "\"";
  sketches[7].method = "FOO" + payload;
  for (Sketch& sketch : sketches) sketch.body = "hi";
  return sketches;
}

Sketch registration(const std::string& fields) {
  return {.method = "REGISTER",
          .uri = "sip:example.org",
          .from = "sip:alice@example.org",
          .to = "sip:alice@example.org",
          .fields = fields};
}

std::vector<Sketch> registrations_with(const std::string& payload) {
  const std::string contact = "Contact: <sip:a@a.invalid;transport=ws>";
  return {registration("Contact: \"" + payload + "\" <sip:a@a.invalid>\r\n"),
          registration("Contact: <sip:" + payload + "@a.invalid>\r\n"),
          registration(contact + ";p=\"" + payload + "\"\r\n"),
          registration(contact + ";reg-id=1;+sip.instance=\"<" + payload +
                       ">\"\r\nSupported: outbound, gruu\r\n"),
          registration(contact + "\r\nRequire: " + payload + "\r\n"),
          registration(contact + "\r\nSupported: path\r\nPath: <sip:p.example;lr;p=" + payload + ">\r\n")};
}

/// The lines of the header of what was sent; a bare CR or LF would be somebody's line, too.
bool is_clean(const std::string& text) {
  const std::string header = text.substr(0, text.find("\r\n\r\n"));
  std::string line;
  for (std::size_t i = 0; i <= header.size(); ++i) {
    const bool ends = i == header.size() || header[i] == '\r' || header[i] == '\n';
    if (!ends) {
      line += header[i];
      continue;
    }
    if (line.starts_with("X-Evil")) return false;
    const bool is_bare = i < header.size() && header[i] == '\n' && (i == 0 || header[i - 1] != '\r');
    if (is_bare) return false;
    line.clear();
  }
  return true;
}

void check_sent(Bench& bench) {
  for (const auto& sent : bench.sent) {
    INFO(sent.bytes);
    CHECK(is_clean(sent.bytes));
  }
  bench.sent.clear();
}

}  // namespace

TEST_CASE("a line that somebody else wrote would be seen") {
  CHECK(is_clean("SIP/2.0 200 OK\r\nVia: x\r\n X-Evil: 1\r\n\r\nX-Evil: 1"));
  for (const std::string text :
       {"SIP/2.0 200 OK\r\nX-Evil: 1\r\n\r\n", "SIP/2.0 200 OK\r\nVia: x\nX-Evil: 1\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: x\rX-Evil: 1\r\n\r\n", "SIP/2.0 200 OK\r\nVia: x\n y\r\n\r\n"})
    CHECK_FALSE(is_clean(text));
}

TEST_CASE("no text of a request begins a line of what the relay forwards or answers") {
  for (const bool authenticate : {false, true}) {
    Bench bench(authenticate);
    bench.with_digest = authenticate;
    bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
    std::size_t sent = 0;
    for (const std::string& payload : payloads)
      for (std::vector<Sketch> sketches : {messages_with(payload), registrations_with(payload)})
        for (const Sketch& sketch : sketches) {
          // What ends its own line is a header field of the sender's, which is nothing to wonder at.
          if (payload.starts_with("x\r\nX") || payload.starts_with("x\\\r\nX")) continue;
          bench.say(alice, bench.write(sketch));
          sent += bench.sent.size();
          check_sent(bench);
        }
    CHECK(sent > 50);
  }
}

TEST_CASE("no text of who is signed in begins a line, either") {
  Bench bench;
  std::size_t accepted = 0;
  for (const std::string& payload : payloads) {
    if (payload.starts_with("x\r\nX") || payload.starts_with("x\\\r\nX")) continue;
    for (const Sketch& sketch : registrations_with(payload)) {
      bench.say(alice, bench.write(sketch));
      if (bench.sent.empty() || Bench::status_of(bench.sent.front().bytes) != 401) {
        check_sent(bench);
        continue;
      }
      bench.sent.clear();
      bench.say_signed(alice, sketch, "alice");
      accepted += Bench::status_of(bench.sent.front().bytes) == 200 ? 1 : 0;
      check_sent(bench);
    }
  }
  CHECK(accepted > 5);
}

TEST_CASE("the cnonce that a 2xx repeats begins no line") {
  for (const std::string cnonce : {"x\r\n X-Evil: 1", "x\\\r\n X-Evil: 1", "x%0d%0aX-Evil: 1"}) {
    Bench bench;
    bench.say(alice, bench.write(registration({})));
    const std::string challenge = Bench::field(bench.take().bytes, HeaderName::www_authenticate);
    const auto params = AuthParams::parse(challenge);
    REQUIRE(params);
    const std::string nonce = unquoted(params->value("nonce").value_or(""));
    const std::string ha1 = digest_ha1(DigestAlgorithm::sha256, "alice", "example.org", "secret");
    const std::string response = digest_response({.algorithm = DigestAlgorithm::sha256,
                                                  .ha1 = ha1,
                                                  .method = "REGISTER",
                                                  .uri = "sip:example.org",
                                                  .nonce = nonce,
                                                  .nonce_count = "00000001",
                                                  .cnonce = unquoted(cnonce),
                                                  .qop = "auth"});
    bench.say(alice, bench.write(registration(
                         "Authorization: Digest username=\"alice\", realm=\"example.org\", nonce=\"" + nonce +
                         "\", uri=\"sip:example.org\", response=\"" + response +
                         "\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"" + cnonce + "\"\r\n")));
    REQUIRE(bench.sent.size() == 1);
    // An escaped line end is no quoted-string, and so no credentials (25.1).
    const bool is_valid = cnonce.find('\\') == std::string::npos;
    CHECK(Bench::status_of(bench.sent.front().bytes) == (is_valid ? 200 : 401));
    check_sent(bench);
  }
}

}  // namespace header_injection_test
