#include "im/peer_capabilities.h"

#include <catch2/catch.hpp>

namespace peer_capabilities_test {

using namespace sip;

namespace {

using Format = PeerCapabilities::Format;
using Knowledge = PeerCapabilities::Knowledge;

const std::string bob = "sip:bob@example.org";

std::string with_accept(const std::string& accept) {
  return "SIP/2.0 200 OK\r\nAccept: " + accept + "\r\n\r\n";
}

bool takes_cpim(const std::string& accept) {
  const std::string text = with_accept(accept);
  return accepts(*MessageView::parse(text), {.type = "message", .subtype = "cpim", .params = {}});
}

Knowledge after_listing(PeerCapabilities& peers, const std::string& accept, Format format) {
  const std::string text = with_accept(accept);
  peers.listed(bob, *MessageView::parse(text));
  return peers.of(bob, format);
}

}  // namespace

TEST_CASE("Accept lists a type by itself or by a range") {
  for (const char* accept : {"message/cpim", "text/plain, Message/CPIM;q=0.001", "message/*", "*/*;q=0.5"})
    CHECK(takes_cpim(accept));
  for (const char* accept : {"", "text/plain", "message/cpimx, xmessage/cpim", "cpim", "*"})
    CHECK_FALSE(takes_cpim(accept));
}

TEST_CASE("of several ranges the closest counts, and a q of 0 means that it is not taken (20.1)") {
  for (const char* accept :
       {"message/cpim;q=0", "message/*;q=0.0, text/plain", "*/*, message/cpim;q=0.000", "message/*;q=0, */*"})
    CHECK_FALSE(takes_cpim(accept));
  for (const char* accept : {"*/*;q=0, message/cpim", "message/cpim, message/*;q=0"})
    CHECK(takes_cpim(accept));
}

TEST_CASE("what a peer sends or lists it takes, until it answers 415") {
  PeerCapabilities peers;
  CHECK(peers.of(bob, Format::cpim) == Knowledge::unknown);
  CHECK(after_listing(peers, "text/plain", Format::cpim) == Knowledge::not_listed);
  peers.used(bob, Format::cpim);
  CHECK(peers.of(bob, Format::cpim) == Knowledge::takes);
  CHECK(after_listing(peers, "application/im-iscomposing+xml", Format::composing) == Knowledge::takes);
  CHECK(peers.of(bob, Format::cpim) == Knowledge::not_listed);
  peers.refused(bob, Format::cpim);
  peers.used(bob, Format::cpim);
  CHECK(after_listing(peers, "*/*", Format::cpim) == Knowledge::refuses);
  CHECK(peers.of(bob, Format::composing) == Knowledge::takes);
  CHECK(peers.of(bob, Format::imdn) == Knowledge::unknown);
}

TEST_CASE("an answer without Accept tells nothing") {
  PeerCapabilities peers;
  const std::string text = "SIP/2.0 200 OK\r\n\r\n";
  peers.listed(bob, *MessageView::parse(text));
  CHECK(peers.of(bob, Format::cpim) == Knowledge::unknown);
}

TEST_CASE("a peer of which something is not known is asked once in a while") {
  PeerCapabilities peers;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};
  CHECK(peers.should_ask(now, bob));
  now.mono += PeerCapabilities::ask_interval - Milliseconds(1);
  CHECK_FALSE(peers.should_ask(now, bob));
  now.mono += Milliseconds(1);
  CHECK(peers.should_ask(now, bob));
  now.mono += PeerCapabilities::ask_interval;
  peers.used(bob, Format::cpim);
  peers.used(bob, Format::composing);
  CHECK_FALSE(peers.should_ask(now, bob));
}

TEST_CASE("exactly the newest max_peers are known") {
  PeerCapabilities peers;
  for (std::size_t i = 0; i <= PeerCapabilities::max_peers; ++i) peers.wrote(std::to_string(i));
  CHECK_FALSE(peers.has_written("0"));
  CHECK(peers.has_written("1"));
  CHECK(peers.has_written(std::to_string(PeerCapabilities::max_peers)));
}

}  // namespace peer_capabilities_test
