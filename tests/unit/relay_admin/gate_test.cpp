#include "admin/gate.h"

#include <catch2/catch.hpp>

namespace gate_test {

using namespace relay;

namespace {

constexpr const char* token = "0123456789abcdef";

int status_of(const AdminGate& gate, const HttpRequest& request) {
  const auto refusal = gate.refuse(request);
  return refusal ? refusal->status : 200;
}

HttpRequest with_authorization(const std::string& authorization) {
  return {.method = "GET", .target = "/users", .host = "relay.example.org", .authorization = authorization};
}

}  // namespace

TEST_CASE("with a token whoever shows it is let in, and nobody else") {
  const AdminGate gate(token);
  CHECK(status_of(gate, with_authorization(std::string("Bearer ") + token)) == 200);
  CHECK(status_of(gate, with_authorization(std::string("bearer ") + token)) == 200);
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0",
                            "Bearer 0123456789abcdeF", "Basic 0123456789abcdef", "0123456789abcdef"})
    CHECK(status_of(gate, with_authorization(wrong)) == 401);
}

TEST_CASE("without a token a name that leads here by the DNS of a web site is not served") {
  const AdminGate gate({});
  const auto host = [](const std::string& text) {
    return HttpRequest{.method = "GET", .target = "/users", .host = text};
  };
  for (const char* own :
       {"127.0.0.1:9091", "127.0.0.1", "[::1]:9091", "[::1]", "localhost:9091", "localhost"})
    CHECK(status_of(gate, host(own)) == 200);
  for (const char* other :
       {"evil.example", "evil.example:9091", "localhost.evil.example", "127.0.0.1.evil.example"})
    CHECK(status_of(gate, host(other)) == 403);
}

TEST_CASE("a page in a browser is not served, whatever it shows") {
  HttpRequest request = with_authorization(std::string("Bearer ") + token);
  request.origin = "https://evil.example";
  CHECK(status_of(AdminGate(token), request) == 403);
  request.host = "127.0.0.1";
  CHECK(status_of(AdminGate({}), request) == 403);
}

}  // namespace gate_test
