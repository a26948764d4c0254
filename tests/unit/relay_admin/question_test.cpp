#include "admin/question.h"

#include <catch2/catch.hpp>

namespace question_test {

using namespace relay;

namespace {

HttpRequest request(const std::string& method, const std::string& target, const std::string& body = {},
                    const std::string& content_type = "application/json") {
  return {.method = method, .target = target, .content_type = content_type, .body = body};
}

template <class Question>
Question read(const HttpRequest& asked) {
  const auto question = read_admin_question(asked);
  REQUIRE(std::holds_alternative<AdminQuestion>(question));
  REQUIRE(std::holds_alternative<Question>(std::get<AdminQuestion>(question)));
  return std::get<Question>(std::get<AdminQuestion>(question));
}

int refused(const HttpRequest& asked) {
  const auto question = read_admin_question(asked);
  const auto* answer = std::get_if<HttpAnswer>(&question);
  return answer ? answer->status : 200;
}

}  // namespace

TEST_CASE("accounts are listed, added, changed and removed") {
  read<ListAccounts>(request("GET", "/users"));
  const auto add = read<AddAccount>(
      request("POST", "/users", R"({"address": "alice@Example.org", "password": "se\"cret"})"));
  CHECK(add.user == "alice");
  CHECK(add.domain == "example.org");
  CHECK(add.password == "se\"cret");
  const auto set =
      read<SetPassword>(request("PUT", "/users/alice%40example.org/password", R"({"password": "new"})"));
  CHECK(set.user == "alice");
  CHECK(set.password == "new");
  CHECK(read<RemoveAccount>(request("DELETE", "/users/alice@example.org")).domain == "example.org");
}

TEST_CASE("registrations, messages and connections are listed and ended") {
  read<ListRegistrations>(request("GET", "/registrations?sorted"));
  CHECK(read<RemoveRegistrations>(request("DELETE", "/registrations/bob")).user == "bob");
  read<CountMessages>(request("GET", "/messages"));
  CHECK(read<ListMessages>(request("GET", "/messages/bob@Example.org")).recipient == "bob@example.org");
  CHECK(read<DeleteMessage>(request("DELETE", "/messages/42")).number == 42);
  read<ListConnections>(request("GET", "/connections"));
  CHECK(read<CloseConnection>(request("DELETE", "/connections/7")).flow == 7);
  CHECK(read<FollowMessages>(request("PUT", "/trace", R"(["a", "b"])")).call_ids ==
        std::vector<std::string>{"a", "b"});
  CHECK(read<FollowMessages>(request("PUT", "/trace", "[]")).call_ids.empty());
}

TEST_CASE("what is no such thing is 404") {
  for (const char* target :
       {"", "/", "/user", "/users/alice", "/users/alice@example.org/name", "/users/a@-x",
        "/registrations/a/b", "/messages/bob", "/messages/a@-x", "/connections/x", "/trace/a", "users"})
    for (const char* method : {"GET", "DELETE"}) CHECK(refused(request(method, target)) == 404);
  CHECK(refused(request("DELETE", "/users")) == 404);
  CHECK(refused(request("DELETE", "/messages/99999999999999999999999")) == 404);
}

TEST_CASE("a body that is not understood is 400, and so is one that a page could send unasked") {
  for (const char* body :
       {"", "{", "[]", "null", R"({"address": "alice@example.org"})",
        R"({"address": "alice@example.org", "password": ""})", R"({"address": "alice", "password": "x"})",
        R"({"address": 1, "password": "x"})", R"({"address": "al ice@example.org", "password": "x"})",
        R"({"address": "a@b@c", "password": "x"})", R"({"address": "a@-x", "password": "x"})"})
    CHECK(refused(request("POST", "/users", body)) == 400);
  CHECK(refused(request("POST", "/users", R"({"address": "alice@example.org", "password": "x"})",
                        "text/plain")) == 400);
  CHECK(refused(request("PUT", "/users/alice@example.org/password",
                        R"({"password": ")" + std::string(1025, 'x') + R"("})")) == 400);
  CHECK(refused(request("PUT", "/trace", R"([1])")) == 400);
  CHECK(refused(request("POST", "/users", std::string(30'000, '['))) == 400);
}

}  // namespace question_test
