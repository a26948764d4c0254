#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "message/contact.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"

using namespace sip;

namespace {

std::string read_vector(const std::string& name) {
  std::ifstream file("tests/vectors/" + name, std::ios::binary);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class T>
bool all_parse(const MessageView& message, HeaderName name) {
  ValueReader reader(message, name);
  while (const auto value = reader.next())
    if (!T::parse(*value)) return false;
  return true;
}

/// What is wrong with a message as far as the headers of this core go; empty for nothing.
std::string defect(const std::string& text) {
  auto message = MessageView::parse(text);
  if (!message) return "start line";
  if (message->is_request() && message->version() != "SIP/2.0") return "version";
  if (const auto error = message->trim_body(MessageView::Framing::datagram)) return std::string(error->what);
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers) return std::string(headers.error().what);
  if (message->is_request() && !Uri::parse(message->request_uri())) return "Request-URI";
  if (!all_parse<Via>(*message, HeaderName::via)) return "Via";
  if (!all_parse<Contact>(*message, HeaderName::contact)) return "Contact";
  return {};
}

struct Row {
  const char* name;
  const char* defect;
};

}  // namespace

TEST_CASE("the well-formed messages of RFC 4475 are read without complaint") {
  // Among them those of 3.2 to 3.4 whose trouble lies above the grammar.
  const auto name = GENERATE("wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq",
                             "semiuri", "transports", "mpart01", "unreason", "noreason", "badbranch",
                             "unkscm", "novelsc", "unksm2", "bext01", "invut", "regaut01", "bcast", "zeromf",
                             "cparam01", "cparam02", "regescrt", "sdp01", "inv2543", "baddate", "escruri");
  CAPTURE(name);
  CHECK(defect(read_vector("rfc4475/" + std::string(name) + ".dat")).empty());
}

TEST_CASE("the malformed messages of RFC 4475 are refused for what is wrong with them") {
  const auto row = GENERATE(
      Row{"badinv01", "Via"}, Row{"clerr", "Content-Length"}, Row{"ncl", "Content-Length"},
      Row{"scalar02", "CSeq"}, Row{"scalarlg", "CSeq"}, Row{"quotbal", "To"}, Row{"ltgtruri", "Request-URI"},
      Row{"lwsruri", "Request-URI"}, Row{"lwsstart", "Request-URI"}, Row{"trws", "Request-URI"},
      Row{"regbadct", "Contact"}, Row{"badaspec", "To"}, Row{"baddn", "From"}, Row{"badvers", "version"},
      Row{"mismatch01", "CSeq"}, Row{"mismatch02", "CSeq"}, Row{"bigcode", "start line"},
      Row{"insuf", "From"}, Row{"multi01", "CSeq"}, Row{"mcl01", "Content-Length"});
  CAPTURE(row.name);
  CHECK(defect(read_vector("rfc4475/" + std::string(row.name) + ".dat")) == row.defect);
}

TEST_CASE("the messages of RFC 5118 are read with their IPv6 addresses") {
  const auto row =
      GENERATE(Row{"ipv6-good", ""}, Row{"ipv6-bad", "Request-URI"}, Row{"port-ambiguous", ""},
               Row{"port-unambiguous", ""}, Row{"via-received-param-with-delim", ""},
               Row{"via-received-param-no-delim", ""}, Row{"mult-ip-in-header", ""},
               Row{"mult-ip-in-sdp", ""}, Row{"ipv4-mapped-ipv6", ""}, Row{"ipv6-correct-abnf-2-colons", ""},
               // 4.10: the colon too many comes from RFC 3261's own grammar; be liberal in accepting it.
               Row{"ipv6-bug-abnf-3-colons", ""},
               // Its Content-Length counts more than the body that the RFC prints.
               Row{"ipv6-in-sdp", "Content-Length"});
  CAPTURE(row.name);
  CHECK(defect(read_vector("rfc5118/" + std::string(row.name) + ".dat")) == row.defect);
}

TEST_CASE("RFC 4475 3.1.1.1: the torture INVITE gives the values that the RFC names") {
  const std::string text = read_vector("rfc4475/wsinv.dat");
  const auto message = MessageView::parse(text);
  const auto headers = MandatoryHeaders::parse(*message);
  CHECK(headers->to.uri.text == "sip:vivekg@chair-dnrc.example.com");
  CHECK(headers->to.uri.params.has("unknownparam") == false);
  CHECK(headers->to.tag() == "1918181833n");
  CHECK(headers->from.display_name == "J Rosenberg \\\\\\\"");
  CHECK(headers->from.tag() == "98asjd8");
  CHECK(headers->max_forwards == 68);
  CHECK(headers->cseq.number == 9);
  CHECK(headers->cseq.method == "INVITE");
  CHECK(headers->via.host == "192.0.2.2");
  CHECK(headers->via.branch() == "390skdjuw");
  ValueReader vias(*message, HeaderName::via);
  int count = 0;
  while (vias.next()) ++count;
  CHECK(count == 3);
}
