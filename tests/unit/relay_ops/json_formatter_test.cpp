#include "ops/json_formatter.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "log_capture.h"
#include "ops/log_field.h"

namespace json_formatter_test {

using namespace relay;

namespace {

std::string formatted(spdlog::level::level_enum level, const std::string& payload) {
  const spdlog::log_clock::time_point time{std::chrono::milliseconds(1'700'000'000'042)};
  spdlog::memory_buf_t line;
  JsonFormatter().format(spdlog::details::log_msg(time, {}, "relay", level, payload), line);
  return {line.data(), line.size()};
}

}  // namespace

TEST_CASE("a log entry is a JSON object on a line of its own") {
  CHECK(formatted(spdlog::level::info, "listening ws 127.0.0.1:8060") ==
        "{\"time\":\"2023-11-14T22:13:20.042Z\",\"level\":\"info\","
        "\"message\":\"listening ws 127.0.0.1:8060\"}\n");
}

TEST_CASE("what an entry is to be found by stands beside its message, as long as it is said") {
  {
    const LogField outer("flow", "7");
    const LogField inner("call_id", "a \"quoted\" one");
    const auto entry = nlohmann::json::parse(formatted(spdlog::level::info, "hello"));
    CHECK(entry["flow"] == "7");
    CHECK(entry["call_id"] == "a \"quoted\" one");
  }
  CHECK(nlohmann::json::parse(formatted(spdlog::level::info, "hello")).size() == 3);
}

TEST_CASE("whatever is logged, the line stays JSON") {
  const std::string line = formatted(spdlog::level::err, "quote \" backslash \\ line\nno UTF-8 \xff\xfe");
  CHECK(line.find('\n') == line.size() - 1);
  const auto entry = nlohmann::json::parse(line);
  CHECK(entry["level"] == "error");
  CHECK(entry["message"] == "quote \" backslash \\ line\nno UTF-8 \xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace json_formatter_test
