#include "admin/answer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace answer_test {

using namespace relay;
using namespace sip;
using nlohmann::json;

TEST_CASE("registrations are listed by user, with where they lead and how long they last") {
  Location location;
  Binding binding;
  binding.contact = "sip:bob@192.0.2.1:5062";
  binding.instance = "<urn:uuid:1>";
  binding.expires_at = Instant(Milliseconds(61'500));
  binding.target = {FlowId{7}, {Protocol::udp, *IpAddress::parse("192.0.2.1"), 5062}};
  location.commit("bob", {binding});
  location.commit("alice", {binding});
  const HttpAnswer answer = registrations_answer(location, Instant(Milliseconds(1'000)));
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  const json list = json::parse(answer.body);
  REQUIRE(list.size() == 2);
  CHECK(list[0]["user"] == "alice");
  CHECK(list[1] == json({{"user", "bob"},
                         {"contact", "sip:bob@192.0.2.1:5062"},
                         {"instance", "<urn:uuid:1>"},
                         {"peer", "udp 192.0.2.1:5062"},
                         {"connection", 7},
                         {"expires_in", 61}}));
}

TEST_CASE("what came from the network does not break the answer") {
  Location location;
  Binding binding;
  binding.contact = "sip:\xff\"\n@x";
  location.commit("b\xfeob", {binding});
  CHECK(json::parse(registrations_answer(location, {}).body).size() == 1);
}

TEST_CASE("messages and connections are listed without what they hold") {
  const auto messages =
      json::parse(messages_answer({{3, 700, UnixTime(Milliseconds(1'700'000'000'999))}}).body);
  CHECK(messages == json::array({{{"number", 3}, {"size", 700}, {"expires_at", 1'700'000'000}}}));
  CHECK(json::parse(message_count_answer(2, 1400).body) == json({{"messages", 2}, {"bytes", 1400}}));
  const Peer peer{FlowId{9}, {Protocol::wss, *IpAddress::parse("2001:db8::1"), 40'000}};
  CHECK(json::parse(connections_answer({{peer, 12}}).body) ==
        json::array({{{"connection", 9}, {"peer", "wss [2001:db8::1]:40000"}, {"unwritten", 12}}}));
  CHECK(json::parse(accounts_answer({"alice@example.org"}).body) == json::array({"alice@example.org"}));
  CHECK(json::parse(accounts_answer({}).body) == json::array());
}

TEST_CASE("an error says why") {
  const HttpAnswer answer = admin_error(404, "there is no such connection");
  CHECK(answer.status == 404);
  CHECK(json::parse(answer.body) == json({{"error", "there is no such connection"}}));
  CHECK(admin_done().status == 204);
  CHECK(admin_done().body.empty());
}

}  // namespace answer_test
