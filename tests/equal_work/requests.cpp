// What the relay does for requests in the names of users who exist, and of as many who do not. callgrind
// counts the instructions, and writes each sum down by the title that it is given here.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "auth/digest.h"
#include "base/md5.h"
#include "logic/relay.h"
#include "store/credential_store.h"

namespace {

using namespace sip;
using relay::CredentialStore;
using relay::Relay;

constexpr int names_of_each_kind = 16;
constexpr const char* domain = "example.org";
const Peer guesser{FlowId{9}, {Protocol::ws, *IpAddress::parse("198.51.100.9"), 5009}};

/// Who exists and who does not take turns in the order of names, which are all of one length.
std::string name_of(int number, bool is_known) {
  return "user" + std::to_string(100 + 2 * number + (is_known ? 0 : 1));
}

template <class Work>
void counted(Work&& work) {
  CALLGRIND_TOGGLE_COLLECT;
  work();
  CALLGRIND_TOGGLE_COLLECT;
}

void write_down(const std::string& title) { CALLGRIND_DUMP_STATS_AT(title.c_str()); }

/// `work` does something in the name of a user, counts it, and tells what came of it.
template <class Work>
void compare(const std::string& title, Work&& work) {
  // What is done but the first time is not counted.
  work(name_of(0, true));
  work(name_of(0, false));
  CALLGRIND_ZERO_STATS;
  for (const bool is_known : {true, false}) {
    std::string outcome;
    for (int number = 0; number < names_of_each_kind; ++number) outcome = work(name_of(number, is_known));
    std::string whole = title;
    write_down(whole.append(": ").append(outcome).append(is_known ? " (known)" : " (unknown)"));
  }
}

relay::Settings settings() {
  relay::Settings settings;
  settings.domain = domain;
  settings.listeners = {{Protocol::ws, *IpAddress::parse("192.0.2.1"), 80}};
  settings.keeps_messages_for = Seconds(86'400);
  return settings;
}

/// A relay with its accounts.
class House {
 public:
  explicit House(CredentialStore& store) : relay_(settings(), seed_from(1)), store_(store) {}

  /// Gives what the relay says last.
  std::string say(const std::string& text) {
    std::string said;
    relay_.receive(now_, guesser, text);
    while (auto output = relay_.poll()) {
      if (const auto* question = std::get_if<Relay::FindUser>(&*output)) {
        auto found = store_.find(question->user, question->domain);
        relay_.answer(now_, question->job, {std::move(found.digest), found.failed});
      } else if (auto* sent = std::get_if<Relay::SendTo>(&*output)) {
        said = std::move(sent->bytes);
      }
    }
    return said;
  }
  /// Until no transaction is left, and no guess counts any more.
  void rest() {
    now_.mono += Seconds(1800);
    relay_.advance(now_);
    while (relay_.poll()) {
    }
  }

 private:
  Relay relay_;
  CredentialStore& store_;
  Now now_{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
};

std::string status_of(const std::string& response) { return response.substr(8, 3); }

std::string write(std::string_view method, std::string_view uri, std::string_view from, std::string_view to,
                  std::string_view number, std::string_view credentials = {}) {
  std::string text(method);
  text.append(" ").append(uri).append(" SIP/2.0\r\nVia: SIP/2.0/WS g.invalid;rport;branch=z9hG4bK");
  text.append(number).append("\r\nMax-Forwards: 70\r\nFrom: <").append(from).append(">;tag=f\r\nTo: <");
  text.append(to).append(">\r\nCall-ID: c").append(number).append("\r\nCSeq: ").append(number).append(" ");
  text.append(method).append("\r\nContact: <sip:x@g.invalid;transport=ws>\r\n").append(credentials);
  return text + "Content-Length: 0\r\n\r\n";
}

std::string signed_wrongly(std::string_view method, const std::string& uri, DigestAlgorithm algorithm,
                           const std::string& user, const std::string& challenge) {
  const std::size_t at = challenge.find("nonce=\"") + 7;
  const std::string nonce = challenge.substr(at, challenge.find('"', at) - at);
  // So long that each hash takes one block more for an HA1 than for none.
  const std::string cnonce(40, 'c');
  const std::string response = digest_response({.algorithm = algorithm,
                                                .ha1 = digest_ha1(algorithm, user, domain, "a guess"),
                                                .method = method,
                                                .uri = uri,
                                                .nonce = nonce,
                                                .nonce_count = "00000001",
                                                .cnonce = cnonce,
                                                .qop = "auth"});
  return std::string(method == "REGISTER" ? "Authorization" : "Proxy-Authorization") +
         ": Digest username=\"" + user + "\", realm=\"" + domain + "\", nonce=\"" + nonce + "\", uri=\"" +
         uri + "\", response=\"" + response + "\", algorithm=" + std::string(to_text(algorithm)) +
         ", cnonce=\"" + cnonce + "\", qop=auth, nc=00000001\r\n";
}

std::string guess(House& house, std::string_view method, DigestAlgorithm algorithm, const std::string& user) {
  const bool is_registration = method == "REGISTER";
  const std::string address = "sip:" + user + "@" + domain;
  const std::string uri = is_registration ? "sip:example.org" : "sip:somebody@example.org";
  const std::string to = is_registration ? address : uri;
  house.rest();
  const std::string challenge = house.say(write(method, uri, address, to, "1"));
  const std::string request =
      write(method, uri, address, to, "2", signed_wrongly(method, uri, algorithm, user, challenge));
  std::string response;
  counted([&] { response = house.say(request); });
  return status_of(response);
}

std::string write_as_stranger(House& house, std::string_view method, const std::string& user) {
  const std::string address = "sip:" + user + "@" + domain;
  const std::string request = write(method, address, "sip:x@example.net", address, "1");
  house.rest();
  std::string response;
  counted([&] { response = house.say(request); });
  return status_of(response);
}

void compare_all(CredentialStore& store) {
  House house(store);
  for (const std::string method : {"REGISTER", "MESSAGE", "INVITE"})
    for (const DigestAlgorithm algorithm :
         {DigestAlgorithm::md5, DigestAlgorithm::sha256, DigestAlgorithm::sha512_256})
      compare("guess " + method + " " + std::string(to_text(algorithm)),
              [&](const std::string& user) { return guess(house, method, algorithm, user); });
  for (const std::string method : {"MESSAGE", "INVITE"})
    compare("stranger " + method,
            [&](const std::string& user) { return write_as_stranger(house, method, user); });
  compare("account", [&](const std::string& user) {
    counted([&] { store.find(user, domain); });
    return std::string("looked up");
  });
  std::string digest;
  for (int number = 0; number < names_of_each_kind; ++number) counted([&] { digest = md5_hex({}); });
  write_down("control: " + digest);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  auto opened = CredentialStore::open(argv[1]);
  auto* store = std::get_if<CredentialStore>(&opened);
  if (!store) return 1;
  for (int number = 0; number < names_of_each_kind; ++number)
    if (store->add(name_of(number, true), domain, "secret")) return 1;
  compare_all(*store);
  std::printf("%d names of each kind\n", names_of_each_kind);
}
