#include "admin/question.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "admin/answer.h"
#include "base/ascii.h"
#include "base/encoding.h"
#include "config/account.h"

namespace relay {
namespace {

using Read = std::variant<AdminQuestion, HttpAnswer>;

constexpr std::size_t max_password_size = 1024;

std::vector<std::string> segments_of(std::string_view target) {
  std::vector<std::string> segments;
  std::string_view path = target.substr(0, target.find('?'));
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(sip::percent_decoded(path.substr(0, end)).value_or(std::string()));
    path.remove_prefix(end);
  }
  return segments;
}

Read not_found() { return admin_error(404, "there is nothing of that name"); }
Read bad(std::string_view why) { return admin_error(400, why); }

/// A browser would have to ask before it sends such a body, and is not answered.
nlohmann::json body_of(const HttpRequest& request) {
  if (!request.content_type.starts_with("application/json")) return nlohmann::json::value_t::discarded;
  return nlohmann::json::parse(request.body, nullptr, false);
}

std::optional<std::string> text_of(const nlohmann::json& body, const char* key) {
  if (!body.is_object() || !body.contains(key) || !body[key].is_string()) return std::nullopt;
  return body[key].get<std::string>();
}

std::optional<std::string> password_of(const nlohmann::json& body) {
  auto password = text_of(body, "password");
  const bool is_usable = password && !password->empty() && password->size() <= max_password_size;
  return is_usable ? password : std::nullopt;
}

Read read_accounts(const HttpRequest& request, const std::vector<std::string>& path) {
  if (path.size() == 1 && request.method == "GET") return ListAccounts{};
  if (path.size() == 1 && request.method == "POST") {
    const nlohmann::json body = body_of(request);
    const auto account = parse_account(text_of(body, "address").value_or(std::string()));
    const auto password = password_of(body);
    if (!account || !password) return bad(R"(needs JSON: {"address": "user@domain", "password": "..."})");
    return AddAccount{account->user, account->domain, *password};
  }
  const auto account = path.size() > 1 ? parse_account(path[1]) : std::nullopt;
  if (!account) return not_found();
  if (path.size() == 2 && request.method == "DELETE") return RemoveAccount{account->user, account->domain};
  if (path.size() == 3 && path[2] == "password" && request.method == "PUT") {
    const auto password = password_of(body_of(request));
    if (!password) return bad(R"(needs JSON: {"password": "..."})");
    return SetPassword{account->user, account->domain, *password};
  }
  return not_found();
}

Read read_registrations(const HttpRequest& request, const std::vector<std::string>& path) {
  if (path.size() == 1 && request.method == "GET") return ListRegistrations{};
  if (path.size() == 2 && request.method == "DELETE") return RemoveRegistrations{path[1]};
  return not_found();
}

Read read_messages(const HttpRequest& request, const std::vector<std::string>& path) {
  if (path.size() == 1 && request.method == "GET") return CountMessages{};
  if (path.size() != 2) return not_found();
  const auto account = parse_account(path[1]);
  if (request.method == "GET" && account) return ListMessages{account->user + "@" + account->domain};
  const auto number = sip::parse_decimal(path[1], std::uint64_t{1} << 62);
  if (request.method == "DELETE" && number) return DeleteMessage{*number};
  return not_found();
}

Read read_connections(const HttpRequest& request, const std::vector<std::string>& path) {
  if (path.size() == 1 && request.method == "GET") return ListConnections{};
  const auto flow = path.size() == 2 ? sip::parse_decimal(path[1], std::uint64_t{1} << 62) : std::nullopt;
  if (request.method == "DELETE" && flow) return CloseConnection{*flow};
  return not_found();
}

Read read_trace(const HttpRequest& request) {
  if (request.method != "PUT") return not_found();
  const nlohmann::json body = body_of(request);
  if (!body.is_array()) return bad(R"(needs JSON: ["call-id", ...])");
  FollowMessages follow;
  for (const nlohmann::json& call_id : body) {
    if (!call_id.is_string()) return bad(R"(needs JSON: ["call-id", ...])");
    follow.call_ids.push_back(call_id.get<std::string>());
  }
  return follow;
}

}  // namespace

Read read_admin_question(const HttpRequest& request) {
  const auto path = segments_of(request.target);
  const std::string_view noun = path.empty() ? std::string_view() : std::string_view(path[0]);
  if (noun == "users") return read_accounts(request, path);
  if (noun == "registrations") return read_registrations(request, path);
  if (noun == "messages") return read_messages(request, path);
  if (noun == "connections") return read_connections(request, path);
  if (noun == "trace" && path.size() == 1) return read_trace(request);
  return not_found();
}

}  // namespace relay
