#include "logic/upstream_passwords.h"

#include "edge.h"

namespace upstream_passwords_test {

using namespace relay::test;

namespace {

const std::string credentials =
    "username=\"dave\", realm=\"example.net\", nonce=\"n\", uri=\"sip:example.net\", response=\"r\"\r\n";
std::string proof_of(const std::string& user, const std::string& realm = "example.net") {
  std::string proof = credentials;
  proof.replace(proof.find("dave"), 4, user);
  proof.replace(proof.find("realm=") + 7, 11, realm);
  return "Authorization: Digest " + proof;
}

const std::string challenge = "Digest realm=\"example.net\", nonce=\"n\"";

/// Of three guesses for a user and five from a source, within a minute.
struct Guessed : Edge {
  Guessed() : Edge(few()) {}
  static relay::Settings few() {
    relay::Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}});
    settings.limits.wrong_passwords = {3, Seconds(60)};
    settings.limits.wrong_passwords_of_source = {5, Seconds(60)};
    return settings;
  }
  /// What the client hears when the server answers so; 0 for the server: it is not asked.
  int try_with(const Peer& from, int status, const std::string& proofs, const std::string& said = challenge) {
    const auto sent = registration(from, device, supported + proofs);
    const auto view = MessageView::parse(sent.bytes);
    REQUIRE(view);
    if (!view->is_request()) return view->status();
    Message response = Message::response_to(*view, status, "s");
    if (status == 401) response.add(HeaderName::www_authenticate, said);
    say(sent.to, response.finish());
    return take_status();
  }
  int try_from(const Peer& from, int status, const std::string& said = challenge,
               const std::string& user = "dave") {
    return try_with(from, status, proof_of(user), said);
  }
};

}  // namespace

TEST_CASE("passwords that the server behind the edge refuses are counted for their user") {
  Guessed bench;
  const int refusal = GENERATE(401, 403);
  for (int i = 0; i < 3; ++i) CHECK(bench.try_from(peer(Protocol::ws, 70 + i), refusal) == refusal);
  CHECK(bench.try_from(peer(Protocol::ws, 80), 200) == 503);
  CHECK(bench.try_from(peer(Protocol::ws, 80), 200, {}, "erin") == 200);
  bench.advance(Seconds(20));
  CHECK(bench.try_from(peer(Protocol::ws, 80), 200) == 200);
}

TEST_CASE("passwords that the server behind the edge refuses are counted for where they come from") {
  Guessed bench;
  for (const char* user : {"a", "b", "c", "d", "e"})
    CHECK(bench.try_from(bench.browser, 401, challenge, user) == 401);
  CHECK(bench.try_from(bench.browser, 200) == 503);
  // Without a password anybody may ask for a challenge.
  CHECK(MessageView::parse(bench.registration(bench.browser, bench.device, bench.supported).bytes)
            ->is_request());
}

TEST_CASE("a stale nonce, another realm and what is no answer are no wrong passwords; a 200 is a right one") {
  Guessed bench;
  for (int i = 0; i < 6; ++i) {
    CHECK(bench.try_from(bench.browser, 401, challenge + ", stale=true") == 401);
    CHECK(bench.try_from(bench.browser, 401, "Digest realm=\"other\", nonce=\"n\"") == 401);
    CHECK(bench.try_from(bench.browser, 404) == 404);
  }
  CHECK(bench.try_from(bench.browser, 200) == 200);
  for (int i = 0; i < 3; ++i) CHECK(bench.try_from(peer(Protocol::ws, 70 + i), 401) == 401);
  CHECK(bench.try_from(peer(Protocol::ws, 80), 200) == 503);
  CHECK(bench.try_from(bench.browser, 200) == 200);
}

TEST_CASE("what a client sends with a wrong password is a guess, too, whatever the method") {
  Guessed bench;
  const auto write = [&](const Peer& from) {
    bench.say(from, bench.write({.uri = "sip:erin@example.net",
                                 .from = "sip:dave@example.net",
                                 .fields = "Proxy-Authorization: Digest " + credentials}));
    const auto sent = bench.take();
    const auto view = MessageView::parse(sent.bytes);
    if (!view->is_request()) return view->status();
    Message response = Message::response_to(*view, 407, "s");
    response.add(HeaderName::proxy_authenticate, challenge);
    bench.say(sent.to, response.finish());
    return bench.take_status();
  };
  for (int i = 0; i < 3; ++i) CHECK(write(peer(Protocol::ws, 70 + i)) == 407);
  CHECK(write(peer(Protocol::ws, 80)) == 503);
}

TEST_CASE("of several credentials in a request each is a guess, wherever it stands") {
  Guessed bench;
  const bool is_first = GENERATE(false, true);
  const std::string guess = proof_of("dave"), other = proof_of("x", "nowhere");
  const std::string proofs = is_first ? guess + other : other + guess;
  for (int i = 0; i < 3; ++i) CHECK(bench.try_with(peer(Protocol::ws, 70 + i), 401, proofs) == 401);
  CHECK(bench.try_with(peer(Protocol::ws, 80), 401, proofs) == 503);
  CHECK(bench.try_from(peer(Protocol::ws, 80), 200) == 503);
}

TEST_CASE("several passwords that are tried by one request are counted each") {
  Guessed bench;
  const std::string proofs = proof_of("a") + proof_of("b") + proof_of("c");
  CHECK(bench.try_with(bench.browser, 401, proofs) == 401);
  CHECK(bench.try_with(bench.browser, 401, proofs) == 401);
  CHECK(bench.try_from(bench.browser, 200) == 503);
}

TEST_CASE("a right password makes nobody known as another user whom the request names, too") {
  Guessed bench;
  const std::string realm = GENERATE("example.net", "nowhere");
  CHECK(bench.try_with(bench.browser, 200, proof_of("dave", realm) + proof_of("mallory")) == 200);
  for (int i = 0; i < 3; ++i) CHECK(bench.try_from(bench.browser, 401) == 401);
  CHECK(bench.try_from(bench.browser, 200) == 503);
}

TEST_CASE("credentials that the server may read otherwise than the relay go no further") {
  Guessed bench;
  const std::string bad =
      GENERATE("Digest username=\"dave\", realm", "Digest",
               "Basic ZGF2ZTpzZWNyZXQ=", "Digest username=\"x\", realm=\"example.net\", Username=\"dave\"",
               "Digest username=\"dave\", realm=\"nowhere\", realm=\"example.net\"",
               "Digest username=\"x\", username*=UTF-8''dave, realm=\"example.net\"",
               "Bearer a, Digest username=\"dave\", realm=\"example.net\"");
  const std::string name = GENERATE("Authorization: ", "Proxy-Authorization: ");
  const auto refusal = bench.registration(bench.browser, bench.device, bench.supported + name + bad + "\r\n");
  CHECK(refusal.bytes.starts_with("SIP/2.0 400 Bad Credentials\r\n"));
}

TEST_CASE("a request brings its server so many credentials, one more is refused") {
  Guessed bench;
  std::string proofs;
  for (std::size_t i = 0; i < relay::UpstreamPasswords::max_credentials; ++i)
    proofs += proof_of("dave", "realm" + std::to_string(i));
  CHECK(bench.try_with(bench.browser, 200, proofs) == 200);
  CHECK(bench.try_with(bench.browser, 200, proofs + proof_of("dave")) == 400);
}

TEST_CASE("a token is no guess at a password, and shows of nobody who they are") {
  Guessed bench;
  const std::string token = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x-_~+/==\r\n";
  for (int i = 0; i < 6; ++i)
    CHECK(bench.try_with(bench.browser, 401, token, "Bearer error=\"invalid_token\"") == 401);
  CHECK(bench.try_with(bench.browser, 200, token + proof_of("dave")) == 200);
  for (int i = 0; i < 3; ++i) CHECK(bench.try_from(bench.browser, 401) == 401);
  CHECK(bench.try_from(bench.browser, 200) == 503);
}

TEST_CASE("credentials for the relay's own realm go to no other server, and so are no guess") {
  Guessed bench;
  const std::string name = GENERATE("", "Proxy-");
  const std::string proof = name + proof_of("dave", "example.org");
  CHECK(bench.registration(bench.browser, bench.device, bench.supported + proof).bytes.find("realm=") ==
        std::string::npos);
  for (int i = 0; i < 6; ++i)
    CHECK(bench.try_with(bench.browser, 401, proof, "Digest realm=\"example.org\", nonce=\"n\"") == 403);
  CHECK(bench.try_from(bench.browser, 200) == 200);
}

TEST_CASE("where any domain has the same server, one user of it is the same by whichever domain they come") {
  relay::Settings settings = Guessed::few();
  settings.upstreams = {{"*", "sip:203.0.113.5;transport=tcp"}};
  Edge bench(settings);
  const auto try_by = [&](int number) {
    bench.say(peer(Protocol::ws, 70 + number),
              bench.write({.uri = "sip:erin@example.net",
                           .from = "sip:dave@d" + std::to_string(number) + ".example",
                           .fields = "Proxy-" + proof_of("dave")}));
    const auto sent = bench.take();
    const auto view = MessageView::parse(sent.bytes);
    if (!view->is_request()) return view->status();
    Message response = Message::response_to(*view, 407, "s");
    response.add(HeaderName::proxy_authenticate, challenge);
    bench.say(sent.to, response.finish());
    return bench.take_status();
  };
  for (int i = 0; i < 3; ++i) CHECK(try_by(i) == 407);
  CHECK(try_by(3) == 503);
}

TEST_CASE("what a user of ours brings that server is a guess, too, whatever leads there") {
  Guessed bench;
  const auto way = GENERATE(table<std::string, std::string>(
      {{"sip:dave@example.net", ""},
       {"sip:dave@EXAMPLE.net.", ""},
       {"im:dave@example.net", ""},
       {"sip:dave@203.0.113.5;transport=tcp", ""},
       {"sip:dave@far.invalid;maddr=203.0.113.5;transport=tcp", ""},
       {"sip:dave@far.invalid", "Route: <sip:example.net;lr>\r\n"},
       {"sip:dave@far.invalid", "Route: <sip:203.0.113.5:5060;transport=tcp;lr>\r\n"},
       {"sip:dave@far.invalid", "Route: <sip:[::ffff:203.0.113.5];transport=tcp;lr>\r\n"}}));
  const std::string uri = std::get<0>(way), route = std::get<1>(way);
  CAPTURE(uri, route);
  const auto write = [&](const Peer& from) {
    bench.say_signed(from,
                     {.uri = uri,
                      .from = "sip:bob@example.org",
                      .fields = route + "Proxy-Authorization: Digest " + credentials},
                     "bob");
    const auto sent = bench.take();
    const auto view = MessageView::parse(sent.bytes);
    if (!view->is_request()) return view->status();
    CHECK(sent.to.endpoint.address == bench.upstream.address);
    Message response = Message::response_to(*view, 407, "s");
    response.add(HeaderName::proxy_authenticate, challenge);
    bench.say(sent.to, response.finish());
    return bench.take_status();
  };
  for (int i = 0; i < 3; ++i) CHECK(write(peer(Protocol::ws, 70 + i)) == 407);
  CHECK(write(peer(Protocol::ws, 80)) == 503);
  CHECK(bench.try_from(peer(Protocol::ws, 81), 200) == 503);
}

TEST_CASE("what the server sends its clients is no guess, whatever credentials it carries") {
  Guessed bench;
  const std::string path = bench.path(bench.browser, bench.device);
  for (int i = 0; i < 3; ++i)
    CHECK(bench.try_from(peer(Protocol::ws, 70 + i), 401, challenge, "erin") == 401);
  const auto fields = GENERATE_COPY(proof_of("erin"), std::string("Authorization: Digest\r\n"));
  bench.from_server(path, "MESSAGE", fields);
  CHECK(bench.take().to.flow == bench.browser.flow);
}

}  // namespace upstream_passwords_test
