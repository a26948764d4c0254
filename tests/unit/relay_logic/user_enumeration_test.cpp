#include <regex>
#include <string>

#include "mailbox_bench.h"

namespace user_enumeration_test {

using namespace relay::test;

namespace {

const Peer guesser = peer(Protocol::ws, 66);
const Peer neighbour{FlowId{500}, guesser.endpoint};
const Endpoint friendly{Protocol::tcp, *IpAddress::parse("203.0.113.9"), 5060};

relay::Settings with_mailbox() {
  relay::Settings settings = Bench::settings(true);
  settings.keeps_messages_for = MailboxBench::longest;
  settings.trusted = {friendly.address};
  return settings;
}

std::string renamed(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Everything that the relay says to somebody who tries something, whatever the user's name, and how often it
/// has asked the store. Each relay draws the same nonces and tags, but for those that are made from the whole
/// request, name and all (8.2.7).
template <class Try>
std::string heard(const relay::Settings& settings, const std::string& user, Try tries) {
  Bench bench(settings);
  std::string all;
  tries(bench, user);
  static const std::regex made_tag(";tag=[0-9a-f]{10}\r");
  for (const auto& sent : bench.sent) all += std::regex_replace(sent.bytes, made_tag, ";tag=MADE\r");
  return renamed(all, user, "USER") + std::to_string(bench.questions) + " questions, " +
         std::to_string(bench.shelf.messages.size()) + " stored";
}

/// What is answered to a message of that user's to bob, who is not there.
int status_of(Bench& bench, const Peer& from, const std::string& user, const std::string& password) {
  bench.say_signed(from, {.from = "sip:" + user + "@example.org"}, user, password);
  const int status = bench.take_status();
  bench.sent.clear();
  return status;
}

}  // namespace

TEST_CASE("an unknown user and a wrong password get the same answers, after the same questions") {
  for (const std::string method : {"REGISTER", "MESSAGE", "INVITE"}) {
    const auto guess = [&](Bench& bench, const std::string& user) {
      const std::string address = "sip:" + user + "@example.org";
      const bool is_registration = method == "REGISTER";
      for (const std::string password : {"guess", "another"})
        bench.say_signed(guesser,
                         {.method = method,
                          .uri = is_registration ? "sip:example.org" : "sip:bob@example.org",
                          .from = address,
                          .to = is_registration ? address : "",
                          .fields = "Contact: <sip:x@g.invalid;transport=ws>\r\n"},
                         user, password);
    };
    const std::string of_known = heard(Bench::settings(true), "alice", guess);
    CHECK(of_known == heard(Bench::settings(true), "carol", guess));
    CHECK(of_known.find(method == "REGISTER" ? " 401 " : " 407 ") != std::string::npos);
    CHECK(of_known.find("2 questions") != std::string::npos);
  }
}

TEST_CASE("guesses past their limit tell nobody at a user's own address which users sign in from there") {
  relay::Settings settings = Bench::settings(true);
  settings.limits.wrong_passwords = {3, Seconds(900)};
  const bool is_guesser_elsewhere = GENERATE(false, true);
  const auto guess = [&](Bench& bench, const std::string& user) {
    for (const char* name : {"alice", "bob"}) CHECK(status_of(bench, neighbour, name, "secret") == 480);
    const Peer first = is_guesser_elsewhere ? peer(Protocol::ws, 67) : guesser;
    for (int i = 0; i < 5; ++i)
      bench.say_signed(i < 3 ? first : guesser, {.from = "sip:" + user + "@example.org"}, user, "guess");
  };
  const std::string of_known = heard(settings, "alice", guess);
  CHECK(of_known == heard(settings, "carol", guess));
  CHECK(of_known.find(" 407 ") != std::string::npos);
}

TEST_CASE("where others sign in, the right password counts as wrong past the limit of one who never did") {
  relay::Settings settings = Bench::settings(true);
  settings.limits.wrong_passwords = {3, Seconds(900)};
  Bench bench(settings);
  CHECK(status_of(bench, guesser, "bob", "secret") == 480);
  for (int i = 0; i < 3; ++i) CHECK(status_of(bench, peer(Protocol::ws, 67), "alice", "guess") == 407);
  CHECK(status_of(bench, guesser, "alice", "secret") == 407);
  CHECK(status_of(bench, peer(Protocol::ws, 67), "alice", "secret") == 503);
  CHECK(status_of(bench, guesser, "bob", "secret") == 480);
  bench.advance(Seconds(600));
  CHECK(status_of(bench, guesser, "alice", "secret") == 480);
}

TEST_CASE("guesses past the limit of their source tell nobody there which users sign in from there") {
  relay::Settings settings = Bench::settings(true);
  settings.limits.wrong_passwords = {3, Seconds(900)};
  settings.limits.wrong_passwords_of_source = {5, Seconds(900)};
  const auto guess = [&](Bench& bench, const std::string& user) {
    for (const char* name : {"alice", "bob"}) CHECK(status_of(bench, neighbour, name, "secret") == 480);
    for (int i = 0; i < 6; ++i)
      bench.say_signed(guesser, {.from = "sip:" + user + "@example.org"}, user, "guess");
  };
  const std::string of_known = heard(settings, "alice", guess);
  CHECK(of_known == heard(settings, "carol", guess));
  CHECK(of_known.find(" 503 ") != std::string::npos);
}

TEST_CASE("guesses past the limit of a user keep the user out no longer than those within it") {
  relay::Settings settings = Bench::settings(true);
  settings.limits.wrong_passwords = {3, Seconds(900)};
  const std::string name = GENERATE("alice", "bob");
  Bench bench(settings);
  CHECK(status_of(bench, neighbour, name, "secret") == 480);
  for (int i = 0; i < 50; ++i) CHECK(status_of(bench, guesser, "alice", "guess") == 407);
  CHECK(status_of(bench, peer(Protocol::ws, 67), "alice", "secret") == 503);
  bench.advance(Seconds(300));
  CHECK(status_of(bench, peer(Protocol::ws, 67), "alice", "secret") == 480);
}

TEST_CASE("a wrong password tells nobody that a user has sent as many requests as are allowed") {
  const std::string method = GENERATE("MESSAGE", "INVITE");
  relay::Settings settings = Bench::settings(true);
  settings.limits.messages = {3, Seconds(60)};
  const auto guess = [&](Bench& bench, const std::string& user) {
    for (int i = 0; i < 3; ++i) {
      bench.say_signed(peer(Protocol::ws, 1), {.method = method}, "alice");
      bench.sent.clear();
    }
    bench.say_signed(guesser, {.method = method, .from = "sip:" + user + "@example.org"}, user, "guess");
  };
  const std::string of_known = heard(settings, "alice", guess);
  CHECK(of_known == heard(settings, "carol", guess));
  CHECK(of_known.find(" 407 ") != std::string::npos);
}

TEST_CASE("a stranger who writes to nobody hears what one hears who writes to somebody who is away") {
  for (const relay::Settings& settings : {Bench::settings(true), with_mailbox()})
    for (const std::string method : {"MESSAGE", "INVITE", "OPTIONS", "SUBSCRIBE", "FOO"}) {
      const auto write = [&](Bench& bench, const std::string& user) {
        bench.say(guesser, bench.write({.method = method,
                                        .uri = "sip:" + user + "@example.org",
                                        .from = "sip:x@example.net",
                                        .fields = "Contact: <sip:x@g.invalid;transport=ws>\r\n"}));
      };
      const std::string of_known = heard(settings, "bob", write);
      CHECK(of_known == heard(settings, "nobody", write));
      CHECK(of_known.find("SIP/2.0 480 ") != std::string::npos);
      CHECK(of_known.find("1 questions, 0 stored") != std::string::npos);
    }
}

TEST_CASE("who is known is told that an address is nobody's, and so is a trusted server") {
  Bench bench(with_mailbox());
  bench.say_signed(guesser, {.uri = "sip:nobody@example.org"}, "alice");
  CHECK(bench.take_status() == 404);
  bench.say({FlowId{9}, friendly},
            bench.write({.uri = "sip:nobody@example.org", .from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 404);
}

TEST_CASE("unless it is told to, a mailbox keeps only what users and trusted servers bring") {
  Bench bench(with_mailbox());
  bench.say_signed(guesser, {.body = "one"}, "alice");
  CHECK(bench.take_status() == 202);
  bench.say({FlowId{9}, friendly}, bench.write({.from = "sip:carol@example.net", .body = "two"}));
  CHECK(bench.take_status() == 202);
  bench.say(guesser, bench.write({.from = "sip:carol@example.net", .body = "three"}));
  CHECK(bench.take_status() == 480);
  REQUIRE(bench.shelf.messages.size() == 2);
  for (const auto& message : bench.shelf.messages) CHECK(message.sender == relay::Sender::known);
}

TEST_CASE("the store is told which messages are those of strangers") {
  MailboxBench bench;
  bench.write_to_bob("one");
  bench.say_signed(guesser, {.body = "two"}, "alice");
  REQUIRE(bench.shelf.messages.size() == 2);
  CHECK(bench.shelf.messages[0].sender == relay::Sender::stranger);
  CHECK(bench.shelf.messages[1].sender == relay::Sender::known);
}

}  // namespace user_enumeration_test
