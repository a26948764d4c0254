#include <catch2/catch.hpp>
#include <string>

#include "message/framer.h"
#include "message/mandatory_headers.h"
#include "message/message.h"

namespace limits_test {

using namespace sip;

namespace {

constexpr std::string_view start = "MESSAGE sip:a@b SIP/2.0\r\n";
constexpr std::string_view mandatory =
    "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:c@d>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: i\r\nCSeq: 1 "
    "MESSAGE\r\n";

std::string message(const std::string& fields, const std::string& body = {}) {
  return std::string(start) + fields + std::string(mandatory) + "\r\n" + body;
}

std::string repeated(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// What the answer to a message past a limit is made of.
std::string refusal(const std::string& text) {
  const auto view = MessageView::parse_overlarge(text);
  return view ? Message::response_to(*view, 513, "t").finish() : std::string();
}

const std::string expected_refusal =
    "SIP/2.0 513 Message Too Large\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:c@d>;tag=1\r\n"
    "To: <sip:a@b>;tag=t\r\nCall-ID: i\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";

}  // namespace

TEST_CASE("a message of the largest size is read whole, one byte more is too large and can be answered") {
  const std::string head = message({});
  const std::string largest = message({}, std::string(max_message_size - head.size(), 'x'));
  REQUIRE(MessageView::parse(largest));
  CHECK(MessageView::parse(largest)->body().size() == max_message_size - head.size());
  CHECK(MessageView::parse(largest + "x").error().code == Errc::too_large);
  CHECK(refusal(largest + "x") == expected_refusal);
}

TEST_CASE("as many header fields as the limit allows are read, one more is too large and can be answered") {
  const std::string most = message(repeated(max_header_fields - 5, "X: y\r\n"));
  REQUIRE(MessageView::parse(most));
  CHECK(MessageView::parse(most)->fields().size() == max_header_fields);
  const std::string more = message(repeated(max_header_fields - 4, "X: y\r\n"));
  CHECK(MessageView::parse(more).error().code == Errc::too_large);
  CHECK(refusal(more) == expected_refusal);
}

TEST_CASE("a header field of the largest size is read, a longer one is too large and can be answered") {
  const std::string longest = "Subject: " + std::string(max_header_field_size - 11, 's') + "\r\n";
  REQUIRE(MessageView::parse(message(longest)));
  CHECK(MessageView::parse(message(longest))->fields()[0].line.size() == max_header_field_size);
  const std::string folded = "Subject: " + std::string(max_header_field_size - 13, 's') + "\r\n s\r\n";
  CHECK(MessageView::parse(message(folded)).error().code == Errc::too_large);
  CHECK(refusal(message(folded)) == expected_refusal);
}

TEST_CASE("no answer is made of a part of what it would have to copy") {
  CHECK(refusal(message(repeated(max_header_fields, "Via: SIP/2.0/UDP h\r\n"))).empty());
  CHECK(refusal(message("Via: SIP/2.0/UDP " + std::string(max_header_field_size, 'h') + "\r\n")).empty());
  CHECK(refusal(std::string(start) + "Via: SIP/2.0/UDP h\r\nFrom: never ends").empty());
  CHECK(refusal(std::string(max_message_size + 1, 'x')).empty());
}

TEST_CASE("lists that are walked have a limit, whether by commas or by fields") {
  struct Row {
    std::string name, value;
  };
  const auto row = GENERATE(Row{"Via", "SIP/2.0/UDP h"}, Row{"Route", "<sip:r;lr>"},
                            Row{"Record-Route", "<sip:r;lr>"}, Row{"Contact", "<sip:a@b>"});
  CAPTURE(row.name);
  const std::size_t already = row.name == "Via" ? 1 : 0;
  const std::string half =
      row.name + ": " + row.value + repeated(max_list_values / 2 - 1, "," + row.value) + "\r\n";
  const std::string rest =
      row.name + ": " + row.value + repeated(max_list_values / 2 - 1 - already, "," + row.value) + "\r\n";
  const std::string most = message(half + rest);
  CHECK(MandatoryHeaders::parse(*MessageView::parse(most)));
  const std::string more = message(half + rest + row.name + ": " + row.value + "\r\n");
  const auto headers = MandatoryHeaders::parse(*MessageView::parse(more));
  REQUIRE_FALSE(headers);
  CHECK(headers.error().code == Errc::too_large);
  CHECK(headers.error().what == row.name);
  CHECK(defect_status(*MessageView::parse(more), headers.error()) == 513);
}

TEST_CASE("what is malformed gets 400, by an unknown method with a CSeq of another one 501") {
  const auto status = [](const std::string& text) {
    const auto view = MessageView::parse(text);
    return defect_status(*view, MandatoryHeaders::parse(*view).error());
  };
  CHECK(status(std::string(start) + "\r\n") == 400);
  CHECK(status("MESSAGE sip:a@b SIP/2.0\r\n" + std::string(mandatory) + "CSeq: 1 X\r\n\r\n") == 400);
  CHECK(status("BYE sip:a@b SIP/2.0\r\n" + std::string(mandatory) + "\r\n") == 400);
  CHECK(status("NEW sip:a@b SIP/2.0\r\n" + std::string(mandatory) + "\r\n") == 501);
}

TEST_CASE("a stream whose message announces more than the limit has come to its end") {
  Framer framer;
  framer.feed(message("Content-Length: 65536\r\n"));
  CHECK_FALSE(framer.next());
  auto view = MessageView::parse(framer.pending());
  CHECK(view->trim_body(MessageView::Framing::datagram)->code == Errc::too_large);
}

}  // namespace limits_test
