#include "base/encoding.h"
#include "dialog.h"
#include "message/contact.h"

namespace dialog_password_test {

using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bob = peer(Protocol::udp, 2);
const std::string alice_contact = "sip:a1@a.invalid;transport=ws";
const std::string bob_contact = "sip:bob@198.51.100.2:5002";

}  // namespace

TEST_CASE(
    "the Routes of a dialog with a phone lead to its other end without a password, and to nobody else") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const Peer phone = peer(Protocol::udp, 1);
  bench.say_signed(phone, {.method = "INVITE", .fields = "Contact: <sip:alice@198.51.100.1:5001>\r\n"},
                   "alice");
  bench.to(phone);
  const auto invite = bench.to(bob);
  bench.answer(invite, 200, bob_contact, "bob");
  Dialog ends = Calls::dialog(phone, invite, bench.to(phone));
  // Bob knows both Routes, and may write alice's address into a datagram.
  for (const char* third : {"sip:alice@example.org", "sip:carol@example.org", "sip:carol@192.0.2.1"}) {
    ends.caller.target = third;
    bench.say(phone, ends.caller.write("MESSAGE"));
    CHECK(bench.status_to(phone) == 407);
    bench.say(phone, ends.caller.write("ACK"));
    CHECK(bench.sent.empty());
  }
  for (const char* target : {"sip:bob@example.org", "sip:bob@198.51.100.2:5002", "sip:x@203.0.113.66"}) {
    ends.caller.target = target;
    for (const char* method : {"MESSAGE", "ACK", "BYE"}) {
      bench.say(phone, ends.caller.write(method));
      CHECK(bench.to(bob).bytes.starts_with(method));
    }
  }
}

TEST_CASE("a phone in a dialog with another domain is asked who it is, but for what ends or acknowledges") {
  Calls bench(true);
  const Peer phone = peer(Protocol::udp, 1);
  bench.say_signed(phone,
                   {.method = "INVITE",
                    .uri = "sip:dave@203.0.113.44",
                    .fields = "Contact: <sip:alice@198.51.100.1:5001>\r\n"},
                   "alice");
  bench.to(phone);
  const auto invite = bench.take();
  bench.answer(invite, 200, "sip:dave@203.0.113.44:5090", "dave");
  Dialog ends = Calls::dialog(phone, invite, bench.to(phone));
  for (const char* method : {"ACK", "BYE"}) {
    bench.say(phone, ends.caller.write(method));
    CHECK(bench.take().bytes.starts_with(method));
  }
  ends.caller.target = "sip:victim@203.0.113.66";
  for (const char* name : {"<sip:alice@example.org>;tag=f", "<sip:ceo@example.net>;tag=f"}) {
    ends.caller.local = name;
    bench.say(phone, ends.caller.write("MESSAGE"));
    CHECK(bench.status_to(phone) == 407);
    CHECK(bench.sent.empty());
  }
}

TEST_CASE("the other end of a dialog is known by its GRUU, whichever it has told (RFC 5627 4.3)") {
  Calls bench(true);
  const Peer device = peer(Protocol::ws, 2);
  const auto registered =
      bench.enrol(device, "bob", "<sip:b@b.invalid;transport=ws>;+sip.instance=\"<urn:uuid:b>\"",
                  "Supported: gruu, outbound\r\n");
  const std::string value = Bench::field(registered.bytes, HeaderName::contact);
  const auto contact = Contact::parse(value);
  REQUIRE(contact);
  for (const char* kind : {"pub-gruu", "temp-gruu"}) {
    CAPTURE(kind);
    const std::string gruu(unquoted(contact->address.params.value(kind).value_or("")));
    bench.say_signed(alice, {.method = "INVITE", .fields = "Contact: <" + alice_contact + ">\r\n"}, "alice");
    bench.to(alice);
    const auto invite = bench.to(device);
    bench.answer(invite, 200, gruu, "bob");
    Dialog ends = Calls::dialog(alice, invite, bench.to(alice));
    for (const char* method : {"ACK", "INFO", "BYE"}) {
      bench.say(alice, ends.caller.write(method));
      CHECK(bench.to(device).bytes.starts_with(method));
    }
  }
}

}  // namespace dialog_password_test
