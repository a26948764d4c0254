#include "logic/connection_budget.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "logic/intake.h"

namespace connection_budget_test {

using namespace relay;
using namespace sip;

namespace {

const Instant start{Milliseconds(5000)};

const Endpoint server{Protocol::tcp, *IpAddress::parse("203.0.113.1"), 5060};

Endpoint at(const std::string& address) { return {Protocol::tcp, *IpAddress::parse(address), 4711}; }

}  // namespace

TEST_CASE("a slot is free again when its connection ends, and moves with it") {
  ConnectionBudget budget({.open = 1});
  {
    ConnectionBudget::Slot slot = budget.take(server);
    ConnectionBudget::Slot moved = std::move(slot);
    CHECK(moved);
    CHECK_FALSE(budget.take(server));
    CHECK(budget.admit(start, at("192.0.2.1")).refusal == "too many connections");
  }
  CHECK(budget.take(server));
}

TEST_CASE("one source opens a quarter of the connections at most; others, and this machine, find room") {
  ConnectionBudget budget({.open = 8});
  std::vector<ConnectionBudget::Slot> slots;
  for (int i = 0; i < 2; ++i) slots.push_back(budget.admit(start, at("192.0.2.1")).slot);
  CHECK(budget.admit(start, at("192.0.2.1")).refusal == "too many connections from one address");
  slots.push_back(budget.admit(start, at("192.0.2.2")).slot);
  for (int i = 0; i < 5; ++i) slots.push_back(budget.admit(start, at("127.0.0.1")).slot);
  for (const auto& slot : slots) CHECK(slot);
  CHECK(budget.admit(start, at("127.0.0.1")).refusal == "too many connections");
  slots.erase(slots.begin());
  CHECK(budget.admit(start, at("192.0.2.1")).slot);
}

TEST_CASE("where fewer may be open than are, they stay, and there is room when enough of them have ended") {
  ConnectionBudget budget({.open = 3});
  std::vector<ConnectionBudget::Slot> slots;
  const auto admit = [&] { return budget.admit(start, at("127.0.0.1")).slot; };
  for (int i = 0; i < 3; ++i) slots.push_back(admit());
  budget.allow({.open = 2});
  slots.pop_back();
  CHECK_FALSE(admit());
  slots.pop_back();
  CHECK(admit());
}

TEST_CASE("those that we open are half of the connections at most, but for one that takes another's place") {
  ConnectionBudget budget({.open = 5});
  std::vector<ConnectionBudget::Slot> slots;
  for (int i = 0; i < 3; ++i) slots.push_back(budget.take(server));
  CHECK(slots.back());
  CHECK_FALSE(budget.take(server));
  slots.push_back(budget.take_in_place(server));
  CHECK(slots.back());
  CHECK(budget.admit(start, at("192.0.2.1")).slot);
  slots.push_back(budget.admit(start, at("127.0.0.1")).slot);
  CHECK_FALSE(budget.take_in_place(server));
  slots.erase(slots.begin(), slots.begin() + 2);
  CHECK(budget.take(server));
}

TEST_CASE("servers at one source have a quarter of those that we open, and leave what there is to others") {
  ConnectionBudget budget({.open = 16});
  std::vector<ConnectionBudget::Slot> slots;
  const auto open = [&](const std::string& address) {
    if (!budget.may_lead_to(at(address))) return false;
    slots.push_back(budget.take(at(address)));
    return static_cast<bool>(slots.back());
  };
  for (const char* address : {"2001:db8::1", "2001:db8::2"}) CHECK(open(address));
  CHECK_FALSE(open("2001:db8::3"));
  for (int i = 0; i < 2; ++i) CHECK(open("192.0.2.1"));
  CHECK_FALSE(open("192.0.2.1"));
  CHECK(open("192.0.2.2"));
  // What comes from there is another matter.
  CHECK(budget.admit(start, at("192.0.2.1")).slot);
  for (int i = 0; i < 3; ++i) CHECK(open("127.0.0.1"));
  CHECK_FALSE(open("127.0.0.1"));
  slots.erase(slots.begin());
  CHECK(open("2001:db8::3"));
}

TEST_CASE("one source opens so many connections a minute, whether or not they last") {
  ConnectionBudget budget;
  budget.allow({.of_source = {3, Seconds(60)}});
  for (int i = 0; i < 3; ++i) CHECK(budget.admit(start, at("192.0.2.1")).slot);
  CHECK(budget.admit(start, at("192.0.2.1")).refusal == "too many connections a minute");
  CHECK(budget.admit(start, at("192.0.2.2")).slot);
  CHECK(budget.admit(start + Seconds(20), at("192.0.2.1")).slot);
}

TEST_CASE("a connection is read on when what it sent is as much as is allowed") {
  Intake intake({.messages = {10, Seconds(1)}, .bytes = {1000, Seconds(1)}});
  CHECK(intake.took(start, 500, 1) == Milliseconds(0));
  CHECK(intake.took(start, 8192, 5) > Seconds(7));
  CHECK(intake.took(start + Seconds(10), 10, 9) == Milliseconds(0));
  CHECK(intake.took(start + Seconds(10), 10, 1) == Milliseconds(100));
}

TEST_CASE("a connection that sends byte by byte is read more slowly: each of them costs a read") {
  Intake intake({.messages = {10, Seconds(1)}, .bytes = {1000, Seconds(1)}});
  Milliseconds pause{};
  for (int i = 0; i < 15; ++i) pause = intake.took(start, 1, 0);
  CHECK(pause == Milliseconds(0));
  for (int i = 0; i < 15; ++i) pause = intake.took(start, 1, 0);
  CHECK(pause > Milliseconds(500));
}

}  // namespace connection_budget_test
