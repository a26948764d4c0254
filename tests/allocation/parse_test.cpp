#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "corpus.h"
#include "full_parse.h"
#include "message/auth_params.h"
#include "message/contact.h"
#include "message/date.h"
#include "message/mandatory_headers.h"
#include "message/media_type.h"
#include "message/tel_uri.h"

// A program of its own, for it counts what the whole program takes from the heap.

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size) noexcept {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

using namespace sip;

namespace {

const std::string request =
    "REGISTER sip:example.org SIP/2.0\r\n"
    "v: SIP/2.0/WS one.invalid;branch=z9hG4bK1 , SIP / 2.0 / UDP\r\n "
    "[2001:db8::9:1]:5060;received=2001:db8::1;rport=7\r\n"
    "Via: SIP/2.0/TCP three;branch=z9hG4bK3\r\n"
    "Max-Forwards: 70\r\n"
    "f: \"Alice \\\"A\\\"\" <sips:al%69ce:pw@example.org:5061;transport=tcp?x=y>;tag=a\r\n"
    "t: Bob <sip:bob@[2001:db8::10]>\r\n"
    "i: id@x\r\n"
    "CSeq: 1 REGISTER\r\n"
    "Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
    "m: <sip:alice@192.0.2.1>;+sip.instance=\"<urn:uuid:0>\";reg-id=1;expires=60;q=0.5, "
    "<tel:+1-201-555-0123;ext=7>\r\n"
    "Authorization: Digest username=\"alice\", realm=\"example.org\", nonce=\"n\", response=\"r\", "
    "qop=auth\r\n"
    "Require: outbound, path\r\n"
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
    "X-Unknown: ;;,,;;,;\r\n"
    "c: text/plain;charset=\"utf-8\"\r\n"
    "l: 5\r\n"
    "\r\n"
    "hello";

/// Reads every field by its type; counts what was read, so that nothing can be left out unnoticed.
std::size_t read_everything(std::string_view text) {
  std::size_t read = 0;
  auto message = MessageView::parse(text);
  if (!message || message->trim_body(MessageView::Framing::exact)) return 0;
  read += MandatoryHeaders::parse(*message) ? 1U : 0U;
  read += Uri::parse(message->request_uri()) ? 1U : 0U;
  ValueReader vias(*message, HeaderName::via);
  while (const auto value = vias.next())
    if (const auto via = Via::parse(*value)) read += via->host.empty() ? 0U : 1U;
  ValueReader routes(*message, HeaderName::route);
  while (const auto value = routes.next())
    if (const auto route = NameAddr::parse(*value)) read += route->uri.params.has("lr") ? 1U : 0U;
  ValueReader contacts(*message, HeaderName::contact);
  while (const auto value = contacts.next()) {
    const auto contact = Contact::parse(*value);
    if (!contact) return 0;
    ParamReader params(contact->address.params);
    while (params.next()) ++read;
    if (const auto tel = TelUri::parse(contact->address.uri.text)) read += tel->params.has("ext") ? 1U : 0U;
  }
  ValueReader options(*message, HeaderName::require);
  while (options.next()) ++read;
  const auto auth = AuthParams::parse(*message->value(HeaderName::authorization));
  read += auth && auth->value("qop") == "auth" ? 1U : 0U;
  const auto media = MediaType::parse(*message->value(HeaderName::content_type));
  read += media && media->params.value("charset") == "utf-8" ? 1U : 0U;
  read += parse_date(*message->value(HeaderName::date)) ? 1U : 0U;
  return read + message->body().size();
}

}  // namespace

TEST_CASE("parsing a message and reading every typed header field allocates nothing") {
  const std::string_view text = request;
  const std::size_t before = allocations;
  const std::size_t read = read_everything(text);
  const std::size_t after = allocations;
  CHECK(after - before == 0);
  // Two whole, three Via, two Route, four parameters, the tel extension, two options, three more, five bytes
  // of body.
  CHECK(read == 22);
}

TEST_CASE("reading the messages of the benchmark allocates nothing") {
  const std::vector<bench::Sample> samples = bench::read_corpus("bench/parse/corpus");
  REQUIRE(samples.size() == 10);
  for (const bench::Sample& sample : samples) {
    bench::FullParse found;
    const std::size_t before = allocations;
    const bool is_read = bench::full_parse(sample.text, found);
    const std::size_t after = allocations;
    INFO(sample.name);
    CHECK(is_read);
    CHECK(after - before == 0);
  }
}

TEST_CASE("the count counts") {
  const std::size_t before = allocations;
  const std::string copy(request);
  CHECK(allocations > before);
}
