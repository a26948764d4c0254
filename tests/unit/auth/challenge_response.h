#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "auth/digest_client.h"
#include "base/random.h"
#include "base/time.h"
#include "message/auth_params.h"
#include "message/message_view.h"

namespace sip::test {

inline constexpr std::string_view uri = "sip:example.org";

inline Now at(std::int64_t milliseconds) { return {Instant{Milliseconds{milliseconds}}, UnixTime{}}; }

inline DigestClient make_client() { return {{"alice", "secret"}, Random(seed_from(1))}; }

/// What a client makes of a response that carries these header fields; `sent` signed what was refused.
inline DigestClient::Verdict challenge(DigestClient& client, const std::vector<std::string>& fields,
                                       const DigestClient::Signature& sent = {}) {
  std::string text = "SIP/2.0 401 Unauthorized\r\n";
  for (const std::string& field : fields) text += field + "\r\n";
  text += "\r\n";
  const Result<MessageView> view = MessageView::parse(text);
  REQUIRE(view);
  return client.challenged(*view, sent);
}

/// The header field values that a client signs a request with.
inline std::vector<std::string> signed_values(DigestClient& client, std::string_view method,
                                              std::string_view request_uri) {
  std::vector<std::string> values;
  for (DigestClient::Field& field : client.sign({.method = method, .uri = request_uri, .body = {}}).fields)
    values.push_back(std::move(field.value));
  return values;
}

/// One parameter of such a value, as written but without quotes; "(absent)" where there is none.
inline std::string parameter(std::string_view value, std::string_view name) {
  const Result<AuthParams> params = AuthParams::parse(value);
  REQUIRE(params);
  return std::string(params->value(name).value_or("(absent)"));
}

}  // namespace sip::test
