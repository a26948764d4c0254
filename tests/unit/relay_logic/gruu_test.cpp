#include "logic/gruu.h"

#include <set>

#include "bench.h"
#include "message/contact.h"

namespace gruu_test {

using namespace relay;
using namespace relay::test;

namespace {

const Peer laptop = peer(Protocol::ws, 1);
const Peer telephone = peer(Protocol::ws, 2);
const Peer stranger = peer(Protocol::udp, 9);

struct Gruus {
  std::string public_gruu;
  std::string temporary_gruu;
};

std::string device(int number) {
  return ";+sip.instance=\"<urn:uuid:" + std::to_string(number) + ">\";reg-id=1";
}

/// bob with a laptop (instance 1) and a telephone (instance 2).
struct Devices : Bench {
  Devices() : Bench(false) { with_digest = false; }
  std::string enrol_device(int number, const std::string& call_id, const std::string& more = {}) {
    const std::string cseq = std::to_string(++last_number);
    const std::string host = number == 1 ? "laptop.invalid" : "telephone.invalid";
    say(number == 1 ? laptop : telephone,
        "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/WS k.invalid;branch=z9hG4bKg" + cseq +
            "\r\nFrom: <sip:bob@example.org>;tag=1\r\nTo: <sip:bob@example.org>\r\nCall-ID: " + call_id +
            "\r\nCSeq: " + cseq + " REGISTER\r\nSupported: gruu, outbound, path\r\nContact: <sip:bob@" +
            host + ">" + device(number) + more + "\r\nContent-Length: 0\r\n\r\n");
    return take().bytes;
  }
  Gruus gruus(int number, const std::string& call_id) {
    const std::string answer = enrol_device(number, call_id);
    const auto view = MessageView::parse(answer);
    REQUIRE(view);
    ValueReader contacts(*view, HeaderName::contact);
    while (const auto value = contacts.next()) {
      const auto contact = Contact::parse(*value);
      REQUIRE(contact);
      const Params& params = contact->address.params;
      if (params.value("+sip.instance") != "<urn:uuid:" + std::to_string(number) + ">") continue;
      return {std::string(params.value("pub-gruu").value_or("")),
              std::string(params.value("temp-gruu").value_or(""))};
    }
    return {};
  }
  /// Where a message goes, or the status.
  FlowId reached(const std::string& uri, const std::string& fields = {}) {
    say(stranger, write({.uri = uri, .from = "sip:carol@example.net", .fields = fields}));
    REQUIRE(sent.size() == 1);
    return sent.front().to.flow;
  }
  int status(const std::string& uri) {
    say(stranger, write({.uri = uri, .from = "sip:carol@example.net"}));
    return take_status();
  }
};

}  // namespace

TEST_CASE("each instance gets a public and a temporary GRUU that reach it and no other (RFC 5627 5.1, 6.1)") {
  Devices bench;
  const Gruus first = bench.gruus(1, "c1");
  const Gruus second = bench.gruus(2, "c2");
  CHECK(first.public_gruu == "sip:bob@example.org;gr=urn:uuid:1");
  CHECK(first.temporary_gruu.find("bob") == std::string::npos);
  for (const std::string& uri : {first.public_gruu, first.temporary_gruu}) {
    CHECK(bench.reached(uri) == laptop.flow);
    CHECK(MessageView::parse(bench.take().bytes)->request_uri() == "sip:bob@laptop.invalid");
  }
  CHECK(bench.reached(second.temporary_gruu) == telephone.flow);
}

TEST_CASE("temporary GRUUs gather while the instance is registered, and none equals another (5.4)") {
  Devices bench;
  std::set<std::string> all;
  for (int i = 0; i < 3; ++i) all.insert(bench.gruus(1, "c1").temporary_gruu);
  CHECK(all.size() == 3);
  for (const std::string& uri : all) {
    CHECK(bench.reached(uri) == laptop.flow);
    bench.sent.clear();
  }
}

TEST_CASE(
    "a new Call-ID, and the end of the last binding, end all temporary GRUUs; public ones stay (5.1, 5.3)") {
  Devices bench;
  const Gruus before = bench.gruus(1, "c1");
  SECTION("a new Call-ID") {
    const Gruus after = bench.gruus(1, "c2");
    CHECK(bench.status(before.temporary_gruu) == 404);
    CHECK(after.public_gruu == before.public_gruu);
    CHECK(bench.reached(after.temporary_gruu) == laptop.flow);
  }
  SECTION("the end of the last binding") {
    bench.enrol_device(1, "c1", ";expires=0");
    CHECK(bench.status(before.temporary_gruu) == 404);
    CHECK(bench.status(before.public_gruu) == 480);
    bench.gruus(1, "c1");
    CHECK(bench.status(before.temporary_gruu) == 404);
  }
}

TEST_CASE("a GRUU is for those who ask for it and name their instance, and no client can make one up") {
  Devices bench;
  const auto answer = [&](const std::string& contact, const std::string& fields) {
    return bench.enrol(laptop, "bob", contact, fields).bytes;
  };
  CHECK(answer("<sip:bob@a.invalid>" + device(1), "Supported: outbound, path\r\n").find("gruu=") ==
        std::string::npos);
  CHECK(answer("<sip:bob@b.invalid>", "Supported: gruu\r\n").find("b.invalid>;expires") != std::string::npos);
  const std::string own = answer("<sip:bob@a.invalid>" + device(1) + ";pub-gruu=\"sip:eve@example.org;gr=1\"",
                                 "Supported: gruu\r\n");
  CHECK(own.find("eve") == std::string::npos);
  CHECK(own.find("pub-gruu=\"sip:bob@example.org;gr=urn:uuid:1\"") != std::string::npos);
}

TEST_CASE("a Contact with an instance that is the address itself, a GRUU or no SIP URI gets 403 (5.1)") {
  Devices bench;
  const std::string temporary = bench.gruus(1, "c1").temporary_gruu;
  for (const std::string_view uri : {std::string_view("sip:bob@example.org"), std::string_view(temporary),
                                     std::string_view("mailto:b@x.org")}) {
    const std::string contact = "<" + std::string(uri) + ">;+sip.instance=\"<urn:uuid:3>\"";
    CHECK(Bench::status_of(bench.enrol(laptop, "bob", contact).bytes) == 403);
  }
}

TEST_CASE("a temporary GRUU that was tampered with, or made by another registrar, is not found") {
  Devices bench;
  std::string uri = bench.gruus(1, "c1").temporary_gruu;
  const std::size_t at = uri.find('@') - 1;
  uri[at] = uri[at] == '0' ? '1' : '0';
  CHECK(bench.status(uri) == 404);
  Gruu other{Random(seed_from(7))};
  CHECK(bench.status(other.temporary_gruu(other.draw_key(), "example.org")) == 404);
  CHECK(bench.status("sip:x@example.org;gr") == 404);
}

TEST_CASE("an instance that is no token of a URI is escaped in the public GRUU and found again") {
  const std::string text = Gruu::public_gruu(*Uri::parse("sip:Bob@EXAMPLE.org"), "<urn:x:a;b=\"c\">");
  CHECK(text == "sip:Bob@example.org;gr=urn:x:a%3bb%3d%22c%22");
  const auto uri = Uri::parse(text);
  REQUIRE(uri);
  CHECK(Gruu::instance_of(*uri) == "<urn:x:a;b=\"c\">");
}

TEST_CASE("a request to a GRUU that brings its own Route does not take the path too (6.1)") {
  Devices bench;
  const Gruus gruus = bench.gruus(1, "c1");
  bench.enrol_device(1, "c1", "\r\nPath: <sip:p1.example.net;lr>");
  const auto routes = [&](const std::string& fields) {
    bench.reached(gruus.public_gruu, fields);
    return Bench::field(bench.take().bytes, HeaderName::route);
  };
  CHECK(routes({}) == "<sip:p1.example.net;lr>");
  CHECK(routes("Route: <sip:example.org;lr>, <sip:far.example.net;lr>\r\n") == "<sip:far.example.net;lr>");
}

}  // namespace gruu_test
