#include "ua/service_route.h"

#include <catch2/catch.hpp>

namespace service_route_test {

using namespace sip;

namespace {

std::vector<std::string> read(const std::string& fields) {
  const std::string text = "SIP/2.0 200 OK\r\n" + fields + "\r\n";
  const auto response = MessageView::parse(text);
  REQUIRE(response);
  return ServiceRoute::read(*response).values;
}

}  // namespace

TEST_CASE("a service route is read from all fields and values in their order, without folds") {
  CHECK(read("Service-Route: <sip:p2.example.org;lr>, \"P\"\r\n <sip:p1.example.org;lr>;x=1\r\n"
             "Service-Route: <sip:p0.example.org;lr>\r\n") ==
        std::vector<std::string>{"<sip:p2.example.org;lr>", "\"P\" <sip:p1.example.org;lr>;x=1",
                                 "<sip:p0.example.org;lr>"});
  CHECK(read("").empty());
}

TEST_CASE("a service route that is malformed, strict or too long is not used at all") {
  const std::string good = "Service-Route: <sip:p1.example.org;lr>\r\n";
  CHECK(read(good + "Service-Route: <sip:p2.example.org>\r\n").empty());
  CHECK(read(good + "Service-Route: <sip:\r\n").empty());
  CHECK(read(good + "Service-Route: <tel:+1;lr>\r\n").empty());
  std::string many;
  for (std::size_t i = 0; i < ServiceRoute::max_values; ++i) many += good;
  CHECK(read(many).size() == ServiceRoute::max_values);
  CHECK(read(many + good).empty());
}

}  // namespace service_route_test
