#pragma once

#include <catch2/catch.hpp>

#include "message/message_view.h"
#include "ua/registration.h"

namespace sip::test {

inline constexpr std::string_view contact = "sip:alice@k3.invalid;transport=ws";
inline constexpr FlowId flow{1};

inline Account account_with(std::vector<std::string> servers = {}) {
  Account account;
  account.address = "sip:alice@example.org";
  account.servers = std::move(servers);
  return account;
}

/// Drives a Registration through virtual time and answers its REGISTERs.
struct Bench {
  explicit Bench(const Account& account = account_with())
      : registration(account, "sip:example.org", Random(seed_from(1))) {}

  Registration registration;
  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(0))};

  template <class Action>
  Action expect() {
    auto action = registration.poll();
    REQUIRE(action);
    REQUIRE(std::holds_alternative<Action>(*action));
    return std::get<Action>(std::move(*action));
  }
  bool is_quiet() { return !registration.poll(); }

  void answer(const std::string& status_line, const std::string& fields = {}) {
    const std::string text = "SIP/2.0 " + status_line + "\r\n" + fields + "\r\n";
    const auto response = MessageView::parse(text);
    REQUIRE(response);
    registration.answered(now, *response, contact);
  }
  void sleep_until_deadline() {
    REQUIRE(registration.deadline());
    now.mono = *registration.deadline();
    registration.advance(now);
  }
  void open(FlowId opened = flow) {
    registration.flow_opened(opened, Protocol::wss);
    CHECK(expect<Registration::Register>().expires == Seconds(600));
  }
  void connect() {
    registration.start();
    expect<Registration::Open>();
    open();
  }
  void accept(const std::string& more = {}) {
    answer("200 OK", "Contact: <" + std::string(contact) + ">;expires=600\r\n" + more);
    expect<Registration::Registered>();
  }
  void connect_and_register(const std::string& more = {}) {
    connect();
    accept(more);
  }
};

}  // namespace sip::test
