#include "logic/request_limits.h"

#include "auth/digest_challenge.h"
#include "dialog.h"
#include "mailbox_bench.h"

namespace request_limits_test {

using namespace relay::test;

namespace {

const Peer alices = peer(Protocol::ws, 1);
const Peer attackers = peer(Protocol::ws, 66);

Sketch registration_of(const std::string& user) {
  return {.method = "REGISTER",
          .uri = "sip:example.org",
          .from = "sip:" + user + "@example.org",
          .to = "sip:" + user + "@example.org",
          .fields = "Contact: <sip:" + user + "@a.invalid;transport=ws>\r\n"};
}

/// Of three messages, three guesses for a user and five from a source, within a minute.
relay::Settings few() {
  relay::Settings settings = Bench::settings(true);
  settings.keeps_messages_for = Seconds(86'400);
  settings.keeps_messages_of = relay::Settings::KeepsMessagesOf::everyone;
  settings.limits = {.messages = {3, Seconds(60)},
                     .wrong_passwords = {3, Seconds(60)},
                     .wrong_passwords_of_source = {5, Seconds(60)}};
  return settings;
}

int register_by(Bench& bench, const Peer& from, const std::string& user, const std::string& password) {
  bench.say_signed(from, registration_of(user), user, password);
  return bench.take_status();
}

int write_as_stranger(Bench& bench, const Peer& from) {
  bench.say(from, bench.write({.from = "sip:carol@example.net", .body = "hi"}));
  return bench.take_status();
}

}  // namespace

TEST_CASE("a user sends as many messages as are allowed, the next one when Retry-After says so") {
  Bench bench(few());
  for (int i = 0; i < 3; ++i) {
    bench.say_signed(alices, {.body = "hi"}, "alice");
    CHECK(bench.take_status() == 202);
  }
  bench.say(alices, bench.write({.body = "hi"}));
  CHECK(bench.take_status() == 407);  // nobody is known yet
  bench.say_signed(alices, {.body = "hi"}, "alice");
  const auto refusal = bench.take();
  CHECK(Bench::status_of(refusal.bytes) == 503);
  CHECK(refusal.bytes.starts_with("SIP/2.0 503 Too Many Messages\r\n"));
  CHECK(Bench::field(refusal.bytes, HeaderName::retry_after) == "20");
  CHECK(bench.shelf.messages.size() == 3);

  bench.advance(Seconds(20));
  bench.say_signed(peer(Protocol::tcp, 9), {.body = "hi"}, "alice");
  CHECK(bench.take_status() == 202);
  bench.say_signed(peer(Protocol::tcp, 9), {.body = "hi"}, "alice");
  CHECK(bench.take_status() == 503);  // wherever she is
  bench.say_signed(alices, {.from = "sip:bob@example.org", .body = "hi"}, "bob");
  CHECK(bench.take_status() == 202);  // another user
}

TEST_CASE("other requests are counted apart from messages, whatever their method") {
  Bench bench(few());
  const auto asked = [&](const std::string& method) {
    bench.say_signed(
        alices,
        {.method = method, .uri = "sip:carol@example.org", .fields = "Contact: <sip:a@a.invalid>\r\n"},
        "alice");
    return bench.take();
  };
  for (const char* method : {"INVITE", "OPTIONS", "X-NEW"})
    CHECK(Bench::status_of(asked(method).bytes) == 404);
  for (const char* method : {"INVITE", "OPTIONS", "REFER", "SUBSCRIBE", "BYE", "PRACK"}) {
    const auto refusal = asked(method);
    CHECK(refusal.bytes.starts_with("SIP/2.0 503 Too Many Requests\r\n"));
    CHECK(Bench::field(refusal.bytes, HeaderName::retry_after) == "20");
  }
  bench.say_signed(alices, {.body = "hi"}, "alice");
  CHECK(bench.take_status() == 202);
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
}

TEST_CASE(
    "what ends or acknowledges is counted like other requests, and apart from them where it comes in a "
    "dialog "
    "that passes here") {
  Calls bench(few());
  const Peer bobs = peer(Protocol::tcp, 2);
  const std::string contact = "sip:bob@198.51.100.2:5002;transport=tcp";
  bench.enrol(bobs, "bob", "<" + contact + ">");
  bench.say(attackers, bench.invite({.from = "sip:carol@example.net"}, "sip:c@c.invalid"));
  const auto invite = bench.to(bobs);
  CHECK(bench.status_to(attackers) == 100);
  bench.answer(invite, 200, contact, "bob");
  Dialog ends = Calls::dialog(attackers, invite, bench.to(attackers));
  const std::string method = GENERATE("BYE", "PRACK");
  for (int i = 0; i < 3; ++i) {
    bench.say(attackers, ends.caller.write(method));
    CHECK(bench.to(bobs).bytes.starts_with(method));
  }
  bench.say(attackers, ends.caller.write(method));
  CHECK(bench.status_to(attackers) == 503);
  CHECK(bench.sent.empty());
  const auto alone = [&] {
    bench.say(attackers, bench.write({.method = method, .from = "sip:carol@example.net"}));
    return !bench.sent.empty() && bench.take().to.flow == bobs.flow;
  };
  for (int i = 0; i < 2; ++i) CHECK(alone());
  CHECK_FALSE(alone());
  ends.caller.routes = {"<sip:x@192.0.2.1;transport=tcp;lr>"};
  bench.say(attackers, ends.caller.write(method));
  CHECK(bench.status_to(attackers) >= 400);
  CHECK(bench.sent.empty());
}

TEST_CASE("nobody floods the devices of a user by ACKs, which nobody answers") {
  Calls bench(few());
  const Peer bobs = peer(Protocol::tcp, 2);
  bench.enrol(bobs, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  bench.enrol(alices, "alice", "<sip:alice@a.invalid;transport=ws>");
  bench.say(attackers, bench.invite({.from = "sip:carol@example.net"}, "sip:c@c.invalid"));
  const auto invite = bench.to(bobs);
  CHECK(bench.status_to(attackers) == 100);
  bench.answer(invite, 200, "sip:bob@198.51.100.2:5002;transport=tcp", "bob");
  DialogEnd caller = Calls::dialog(attackers, invite, bench.to(attackers)).caller;
  caller.target = GENERATE("sip:bob@198.51.100.2:5002;transport=tcp", "sip:alice@example.org");
  for (int i = 0; i < 10; ++i) bench.say(attackers, caller.write("ACK"));
  CHECK(bench.sent.size() == 3);
}

TEST_CASE("strangers' calls are counted by where they come from") {
  Bench bench(few());
  const auto call = [&](const Peer& from) {
    bench.say(from, bench.write({.method = "INVITE",
                                 .from = "sip:carol@example.net",
                                 .fields = "Contact: <sip:c@c.invalid>\r\n"}));
    return bench.take_status();
  };
  for (int i = 0; i < 3; ++i) CHECK(call(attackers) == 480);
  CHECK(call(attackers) == 503);
  CHECK(call(peer(Protocol::ws, 67)) == 480);
  CHECK(write_as_stranger(bench, attackers) == 202);
}

TEST_CASE("what is no message is not counted as one") {
  Bench bench(few());
  for (int i = 0; i < 10; ++i) CHECK(register_by(bench, alices, "alice", "secret") == 200);
  CHECK(write_as_stranger(bench, peer(Protocol::tcp, 9)) == 202);
}

TEST_CASE("strangers are counted by where they come from") {
  Bench bench(few());
  for (int i = 0; i < 3; ++i) CHECK(write_as_stranger(bench, attackers) == 202);
  CHECK(write_as_stranger(bench, attackers) == 503);
  Peer next_door = attackers;
  next_door.flow = FlowId{999};
  ++next_door.endpoint.port;
  CHECK(write_as_stranger(bench, next_door) == 503);
  CHECK(write_as_stranger(bench, peer(Protocol::ws, 67)) == 202);
  bench.advance(Seconds(20));
  CHECK(write_as_stranger(bench, attackers) == 202);
}

TEST_CASE("a reverse proxy on this machine is no stranger") {
  Bench bench(few());
  const Peer local{FlowId{7}, {Protocol::ws, *IpAddress::parse("127.0.0.1"), 4711}};
  for (int i = 0; i < 10; ++i) CHECK(write_as_stranger(bench, local) == 202);
}

TEST_CASE("from one source so many passwords are tried, for whichever users; then none is looked at") {
  Bench bench(few());
  for (const char* user : {"alice", "alice", "bob", "nobody", "bob"})
    CHECK(register_by(bench, attackers, user, "guess") == 401);
  const int questions = bench.questions;
  bench.say_signed(attackers, registration_of("alice"), "alice", "secret");
  const auto refusal = bench.take();
  CHECK(refusal.bytes.starts_with("SIP/2.0 503 Too Many Wrong Passwords\r\n"));
  CHECK(Bench::field(refusal.bytes, HeaderName::retry_after) == "12");
  CHECK(bench.questions == questions);
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
  bench.advance(Seconds(12));
  CHECK(register_by(bench, attackers, "alice", "secret") == 200);
}

TEST_CASE("for one user so many passwords are tried, from wherever; whether or not there is such a user") {
  for (const std::string user : {"alice", "nobody"}) {
    Bench bench(few());
    for (int i = 0; i < 3; ++i) CHECK(register_by(bench, peer(Protocol::ws, 70 + i), user, "guess") == 401);
    CHECK(register_by(bench, peer(Protocol::ws, 80), user, "secret") == 503);
    CHECK(register_by(bench, peer(Protocol::ws, 80), "bob", "secret") == 200);
  }
}

TEST_CASE("guesses lock out nobody who has signed in from there, nor who is registered") {
  Bench bench(few());
  const Peer proxied{FlowId{7}, {Protocol::ws, *IpAddress::parse("127.0.0.1"), 4711}};
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
  CHECK(register_by(bench, proxied, "alice", "secret") == 200);
  for (int i = 0; i < 3; ++i) CHECK(register_by(bench, peer(Protocol::ws, 70 + i), "alice", "guess") == 401);
  CHECK(register_by(bench, peer(Protocol::ws, 80), "alice", "secret") == 503);

  CHECK(register_by(bench, proxied, "alice", "secret") == 200);
  // 127.0.0.1 is where everyone comes from whom a reverse proxy brings.
  Peer other_browser = proxied;
  other_browser.flow = FlowId{501};
  CHECK(register_by(bench, other_browser, "alice", "secret") == 503);
  Peer again = alices;
  again.flow = FlowId{500};
  CHECK(register_by(bench, again, "alice", "secret") == 200);
}

TEST_CASE("a neighbour who guesses does not keep out who is registered by a connection") {
  Bench bench(few());
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
  Peer neighbour = alices;
  neighbour.flow = FlowId{500};
  for (int i = 0; i < 5; ++i) CHECK(register_by(bench, neighbour, "nobody" + std::to_string(i), "x") == 401);
  CHECK(register_by(bench, neighbour, "bob", "secret") == 503);
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
}

TEST_CASE("guesses that are sent all at once are judged no more often than one after the other") {
  Bench bench(few());
  std::vector<std::string> guesses;
  for (int i = 0; i < 20; ++i) {
    bench.store_is_slow = true;
    bench.say_signed(attackers, registration_of("alice"), "alice", "guess");
  }
  CHECK(bench.sent.empty());
  for (std::uint64_t job = 1; job <= 40; ++job)
    bench.relay.answer(bench.now, JobId{job},
                       relay::Relay::UserFound{StoredDigest::of("alice", "example.org", "secret")});
  bench.drain();
  int judged = 0;
  for (const auto& sent : bench.sent) judged += Bench::status_of(sent.bytes) == 401 ? 1 : 0;
  CHECK(judged == 3);
  CHECK(bench.sent.size() == 20);
}

TEST_CASE(
    "over UDP a guess is one only with a nonce that was issued to its source: who forges that locks out "
    "nobody") {
  Bench bench(few());
  const Peer phone = peer(Protocol::udp, 4);
  const std::string contact = "<sip:alice@198.51.100.4:5004>";
  CHECK(Bench::status_of(bench.enrol(phone, "alice", contact).bytes) == 200);
  bench.say(peer(Protocol::udp, 66), bench.write(registration_of("bob")));
  const auto elsewhere =
      DigestChallenge::parse(Bench::field(bench.take().bytes, HeaderName::www_authenticate));
  REQUIRE(elsewhere);
  Peer forged = phone;
  forged.endpoint.port = 9;
  const std::string nonce = GENERATE_COPY(std::string("0"), elsewhere->nonce);
  const int questions = bench.questions;
  for (int i = 0; i < 10; ++i) {
    Sketch guess = registration_of("u" + std::to_string(i));
    guess.fields += "Authorization: Digest username=\"u" + std::to_string(i) +
                    "\", realm=\"example.org\", nonce=\"" + nonce +
                    "\", uri=\"sip:example.org\", response=\"00000000000000000000000000000000\"\r\n";
    bench.say(forged, bench.write(guess));
    const auto challenge = bench.take();
    CHECK(Bench::status_of(challenge.bytes) == 401);
    // RFC 7616 3.3: its nonce was invalid, and nothing is said of its password.
    CHECK(challenge.bytes.find("stale=true") != std::string::npos);
  }
  CHECK(bench.questions == questions);
  CHECK(Bench::status_of(bench.enrol(phone, "alice", contact).bytes) == 200);
  for (int i = 0; i < 5; ++i) CHECK(register_by(bench, phone, "u" + std::to_string(i), "guess") == 401);
  CHECK(register_by(bench, phone, "bob", "secret") == 503);
}

TEST_CASE("a nonce that is old is no wrong password") {
  Bench bench(few());
  bench.say(alices, bench.write(registration_of("alice")));
  const auto challenge = bench.take();
  bench.now.mono += Seconds(400);
  for (int i = 0; i < 6; ++i) {
    DigestClient client({"alice", "secret"}, Random(seed_from(static_cast<std::uint64_t>(i))));
    REQUIRE(client.challenged(*MessageView::parse(challenge.bytes), {}) == DigestClient::Verdict::retry);
    Sketch sketch = registration_of("alice");
    for (const auto& field : client.sign({.method = "REGISTER", .uri = sketch.uri, .body = {}}).fields)
      sketch.fields += std::string(to_text(field.name)) + ": " + field.value + "\r\n";
    bench.say(alices, bench.write(sketch));
    CHECK(bench.take_status() == 401);
  }
  CHECK(register_by(bench, alices, "alice", "secret") == 200);
}

TEST_CASE("limits that change count for the next request") {
  Bench bench(few());
  for (int i = 0; i < 3; ++i) CHECK(write_as_stranger(bench, attackers) == 202);
  CHECK(write_as_stranger(bench, attackers) == 503);
  relay::Limits more = few().limits;
  more.messages.most = 60;
  bench.relay.adjust({.keeps_messages_for = Seconds(600), .limits = more});
  bench.advance(Seconds(1));
  CHECK(write_as_stranger(bench, attackers) == 202);
}

}  // namespace request_limits_test
