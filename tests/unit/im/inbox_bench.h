#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "im/inbox.h"

namespace sip {

/// A request as somebody's phone sends it; a test changes what it is about.
struct Phone {
  std::string method = "MESSAGE";
  std::string uri = "sip:alice@k3.invalid;transport=ws";
  std::string version = "SIP/2.0";
  std::string from = "\"Bob\" <sip:bob@example.org>;tag=b1";
  std::string call_id = "call-1";
  unsigned cseq = 1;
  std::vector<std::string> fields = {"Content-Type: text/plain"};
  std::string body = "hello";

  std::string text() const {
    std::string out = method + " " + uri + " " + version + "\r\n";
    out += "Via: SIP/2.0/WS host.invalid;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n";
    out += "From: " + from + "\r\nTo: <sip:alice@example.org>\r\nCall-ID: " + call_id + "\r\n";
    out += "CSeq: " + std::to_string(cseq) + " " + method + "\r\n";
    for (const std::string& field : fields) out += field + "\r\n";
    return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

/// 24 November 2026, 12:00:00 UTC.
inline constexpr UnixTime noon{Seconds(1'795'521'600)};

struct InboxBench {
  EndToEnd end_to_end = EndToEnd::none;
  Inbox inbox{end_to_end};
  Now now{Instant(Milliseconds(1000)), noon};
  std::vector<Question> questions;  ///< that were asked, the oldest first

  /// What is said of a request in the end, when the driver gives these answers.
  Judgement judge(const Phone& phone, const std::vector<Answer>& given = {}) {
    const std::string text = phone.text();
    const auto request = MessageView::parse(text);
    REQUIRE(request);
    const auto headers = MandatoryHeaders::parse(*request);
    REQUIRE(headers);
    ContentAnswers answers(end_to_end, "sip:bob@example.org");
    auto verdict = inbox.judge(now, *request, *headers, answers);
    for (Answer answer : given) {
      REQUIRE(std::holds_alternative<Question>(verdict));
      questions.push_back(std::get<Question>(verdict));
      REQUIRE(answers.accept(answer));
      verdict = inbox.judge(now, *request, *headers, answers);
    }
    REQUIRE(std::holds_alternative<Judgement>(verdict));
    return std::get<Judgement>(verdict);
  }
  /// Whether the text of `phone` is shown; the answer is 200 either way.
  bool shows(const Phone& phone) {
    const Judgement judgement = judge(phone);
    REQUIRE(judgement.status == 200);
    return judgement.message.has_value();
  }
};

/// The value of a header field in an answer.
inline std::optional<std::string> value(const Judgement& judgement, HeaderName name) {
  for (const auto& [field, text] : judgement.headers)
    if (field == name) return text;
  return std::nullopt;
}

}  // namespace sip
