#include "ua/redirection.h"

#include "registration_bench.h"

namespace redirection_test {

using namespace sip;
using namespace sip::test;

namespace {

const std::vector<std::string> listed = {"ws1.example.net", "ws2.example.net"};

std::optional<Redirection> read(const std::string& contacts,
                                const std::string& registrar = "sip:example.org") {
  const std::string text = "SIP/2.0 302 Moved Temporarily\r\nContact: " + contacts + "\r\n\r\n";
  const auto response = MessageView::parse(text);
  REQUIRE(response);
  return Redirection::read(*response, registrar, OutboundProxySet(listed, {}, Random(seed_from(1))));
}

}  // namespace

TEST_CASE("a redirection is followed to the account's own servers and to registrars of its domain only") {
  const auto server = read("<sip:ws2.example.net;transport=ws>");
  REQUIRE(server);
  CHECK(server->server == 1u);
  CHECK(server->registrar == "sip:ws2.example.net");
  const auto registrar = read("<sip:alice@r2.example.org:5070>");
  REQUIRE(registrar);
  CHECK_FALSE(registrar->server);
  CHECK(registrar->registrar == "sip:r2.example.org:5070");
  CHECK_FALSE(read("<sip:evil.example.com>"));
  CHECK_FALSE(read("<sip:evilexample.org>"));
  CHECK_FALSE(read("<https://example.org>"));
  CHECK_FALSE(read("*"));
}

TEST_CASE("the most preferred Contact that may be followed is taken, and sips never leads to sip") {
  CHECK(read("<sip:evil.example.com>;q=1.0, <sip:r2.example.org>;q=0.2, <sip:r3.example.org>;q=0.7")
            ->registrar == "sip:r3.example.org");
  CHECK(read("<sips:r2.example.org>", "sips:example.org"));
  CHECK_FALSE(read("<sip:r2.example.org>", "sips:example.org"));
}

TEST_CASE("a redirected REGISTER goes to the registrar that was named, over the same flow") {
  Bench bench;
  bench.connect();
  bench.answer("302 Moved Temporarily", "Contact: <sip:r2.example.org>\r\n");
  CHECK(bench.expect<Registration::Register>().registrar == "sip:r2.example.org");
  bench.accept();
  bench.sleep_until_deadline();
  CHECK(bench.expect<Registration::Register>().registrar == "sip:r2.example.org");
  REQUIRE(bench.registration.flow_closed(bench.now, flow));
  bench.expect<Registration::Failed>();
  bench.sleep_until_deadline();
  bench.expect<Registration::Open>();
  bench.registration.flow_opened(FlowId{2}, Protocol::ws);
  CHECK(bench.expect<Registration::Register>().registrar == "sip:example.org");
}

TEST_CASE("a redirected REGISTER goes to another server of the account over a flow of its own") {
  Bench bench(account_with(listed));
  bench.connect();
  bench.answer("302 Moved Temporarily", "Contact: <sip:ws2.example.net>\r\n");
  CHECK(bench.expect<Registration::Close>().flow == flow);
  CHECK(bench.expect<Registration::Open>().server == 1);
  bench.registration.flow_opened(FlowId{2}, Protocol::ws);
  CHECK(bench.expect<Registration::Register>().registrar == "sip:ws2.example.net");
}

TEST_CASE("servers that point at each other are followed once; one that points elsewhere has trouble") {
  Bench bench;
  bench.connect();
  SECTION("twice") {
    bench.answer("302 Moved Temporarily", "Contact: <sip:r2.example.org>\r\n");
    bench.expect<Registration::Register>();
    bench.answer("302 Moved Temporarily", "Contact: <sip:example.org>\r\n");
  }
  SECTION("elsewhere") { bench.answer("302 Moved Temporarily", "Contact: <sip:evil.example.com>\r\n"); }
  SECTION("nowhere") { bench.answer("300 Multiple Choices"); }
  bench.expect<Registration::Close>();
  const auto failed = bench.expect<Registration::Failed>();
  CHECK(failed.trouble == RegistrationTrouble::server_trouble);
  CHECK(*failed.retry_in >= Milliseconds(15'000));
}

}  // namespace redirection_test
