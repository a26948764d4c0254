#include "im/composing.h"

#include <catch2/catch.hpp>

namespace composing_test {

using namespace sip;

namespace {

using State = IsComposing::State;

/// RFC 3994 5.
constexpr std::string_view active =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing "
    "xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"\n"
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
    "xsi:schemaLocation=\"urn:ietf:params:xml:ns:im-composing\niscomposing.xsd\">\n  <state>active</state>\n"
    "  <contenttype>text/plain</contenttype>\n  <refresh>90</refresh>\n</isComposing>\n";
constexpr std::string_view idle =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing "
    "xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"\n"
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
    "xsi:schemaLocation=\"urn:ietf:params:xml:ns:im-composing\niscomposing.xsd\">\n  <state>idle</state>\n"
    "  <lastactive>2003-01-27T10:43:00Z</lastactive>\n  <contenttype>audio</contenttype>\n</isComposing>\n";

std::string with(std::string_view elements) {
  return "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\" xmlns:e=\"urn:e\">" +
         std::string(elements) + "</isComposing>";
}

IsComposing parsed(std::string_view document) {
  const auto status = IsComposing::parse(document);
  INFO(document);
  REQUIRE(status);
  return *status;
}

std::optional<Seconds> refresh(const std::string& text) {
  return parsed(with("<state>active</state><refresh>" + text + "</refresh>")).refresh;
}

}  // namespace

TEST_CASE("the status messages of RFC 3994 5 are read") {
  const IsComposing busy = parsed(active);
  CHECK(busy.state == State::active);
  CHECK(busy.content_type == "text/plain");
  CHECK(busy.refresh == Seconds(90));
  CHECK_FALSE(busy.last_active);
  const IsComposing quiet = parsed(idle);
  CHECK(quiet.state == State::idle);
  CHECK(quiet.content_type == "audio");
  CHECK(quiet.last_active == UnixTime(Seconds(1'043'664'180)));
  CHECK_FALSE(quiet.refresh);
}

TEST_CASE("a state that is not known is idle, and extensions are ignored (RFC 3994 3.5)") {
  CHECK(parsed(with("<state>dreaming</state>")).state == State::idle);
  CHECK(parsed(with("<state>Active</state>")).state == State::idle);
  CHECK(parsed(with("<e:state>idle</e:state><state> active </state><e:x><state>idle</state></e:x>")).state ==
        State::active);
}

TEST_CASE("refresh is a positive number of any length, cut at an hour") {
  CHECK(refresh("1") == Seconds(1));
  CHECK(refresh("+0060") == Seconds(60));
  CHECK(refresh("3600") == Seconds(3600));
  CHECK(refresh("3601") == Seconds(3600));
  CHECK(refresh("99999999999999999999999999") == Seconds(3600));
  for (const char* text : {"", "0", "-5", "1.5", "soon", "++1"}) CHECK_FALSE(refresh(text));
}

TEST_CASE("a document that is no status message is refused") {
  for (const std::string& document :
       {std::string(), with(""), with("<state>active</state>").substr(0, 90), std::string("<isComposing/>"),
        std::string("<isComposing><state>active</state></isComposing>"),
        "<!DOCTYPE x>" + with("<state>active</state>"), with("<state>active</state>") + "x"}) {
    CAPTURE(document);
    CHECK_FALSE(IsComposing::parse(document));
  }
}

TEST_CASE("a status message that is written is read again as it was") {
  const IsComposing status{State::active, Seconds(60), UnixTime(Seconds(1'043'664'180)), "text/plain"};
  const IsComposing again = parsed(status.write());
  CHECK(again.state == State::active);
  CHECK(again.refresh == status.refresh);
  CHECK(again.last_active == status.last_active);
  CHECK(again.content_type == status.content_type);
  CHECK(parsed(IsComposing{}.write()).state == State::idle);
}

}  // namespace composing_test
