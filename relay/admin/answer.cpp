#include "admin/answer.h"

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "ops/endpoint_text.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

/// What came from the network need not be UTF-8.
HttpAnswer json_answer(int status, const Json& json) {
  return {.status = status,
          .content_type = "application/json",
          .body = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

Json as_json(const std::string& user, const Binding& binding, sip::Instant now) {
  return {{"user", user},
          {"contact", binding.contact},
          {"instance", binding.instance},
          {"peer", to_text(binding.target.endpoint)},
          {"connection", static_cast<std::uint64_t>(binding.target.flow)},
          {"expires_in", std::chrono::ceil<sip::Seconds>(binding.expires_at - now).count()}};
}

}  // namespace

HttpAnswer admin_error(int status, std::string_view why) {
  return json_answer(status, {{"error", std::string(why)}});
}

HttpAnswer admin_done() { return {.status = 204, .content_type = "application/json", .body = {}}; }

HttpAnswer accounts_answer(const std::vector<std::string>& accounts) { return json_answer(200, accounts); }

HttpAnswer registrations_answer(const Location& location, sip::Instant now) {
  const std::map<std::string, std::vector<Binding>> sorted(location.users().begin(), location.users().end());
  Json list = Json::array();
  for (const auto& [user, bindings] : sorted)
    for (const Binding& binding : bindings) list.push_back(as_json(user, binding, now));
  return json_answer(200, list);
}

HttpAnswer messages_answer(const std::vector<MessageSummary>& messages) {
  Json list = Json::array();
  for (const MessageSummary& message : messages)
    list.push_back(
        {{"number", message.number},
         {"size", message.size},
         {"expires_at", std::chrono::floor<sip::Seconds>(message.expires_at.time_since_epoch()).count()}});
  return json_answer(200, list);
}

HttpAnswer message_count_answer(std::int64_t messages, std::int64_t bytes) {
  return json_answer(200, {{"messages", messages}, {"bytes", bytes}});
}

HttpAnswer connections_answer(const std::vector<ConnectionSummary>& connections) {
  Json list = Json::array();
  for (const ConnectionSummary& connection : connections)
    list.push_back({{"connection", static_cast<std::uint64_t>(connection.peer.flow)},
                    {"peer", to_text(connection.peer.endpoint)},
                    {"unwritten", connection.unwritten}});
  return json_answer(200, list);
}

}  // namespace relay
