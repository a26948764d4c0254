#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/digest_client.h"
#include "auth/digest_server.h"
#include "message/auth_params.h"
#include "message/message_view.h"

using namespace sip;

namespace {

constexpr DigestedRequest request{.method = "MESSAGE", .uri = "sip:bob@example.org", .body = "hi"};

/// What the client writes is one header field, and for the realm that asked the password is right in it.
void check_answer(const DigestClient::Field& field, const std::string& realm) {
  const std::string text =
      "SIP/2.0 200 OK\r\n" + std::string(to_text(field.name)) + ": " + field.value + "\r\n\r\n";
  const auto view = MessageView::parse(text);
  assert(view && view->fields().size() == 1);
  const auto params = AuthParams::parse(view->fields().front().value);
  assert(params);
  DigestServer server(realm, Random(seed_from(1)));
  const auto judgement = server.verify(Now{}, *params, request, StoredDigest::of("alice", realm, "secret"));
  assert(judgement.verdict == DigestServer::Verdict::stale);
}

void check_client(const MessageView& response) {
  DigestClient client({"alice", "secret"}, Random(seed_from(2)));
  const auto verdict = client.challenged(response, {});
  const auto sent = client.sign(request);
  assert(sent.fields.empty() == (verdict != DigestClient::Verdict::retry));
  assert(sent.fields.size() <= 1 + DigestClient::max_proxy_realms);
  for (std::size_t i = 0; i < sent.fields.size(); ++i) check_answer(sent.fields[i], sent.proofs[i].realm);
  // Nobody can prove what only the password gives.
  assert(client.confirmed(response, sent) != DigestClient::Authenticity::proven);
  (void)client.sign(request);
  // The same challenge again is no reason to go on.
  assert(client.challenged(response, sent) != DigestClient::Verdict::retry);
}

void check_server(const MessageView& message) {
  DigestServer server("example.org", Random(seed_from(1)));
  for (const HeaderField& field : message.fields()) {
    const auto params = AuthParams::parse(field.value);
    if (!params) continue;
    const auto judgement =
        server.verify(Now{}, *params, request, StoredDigest::of("alice", "example.org", "secret"));
    assert(judgement.verdict != DigestServer::Verdict::accepted);
  }
}

}  // namespace

/// A response with challenges, or with Authentication-Info, or with whatever credentials.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = MessageView::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!message || message->is_request()) return 0;
  check_client(*message);
  check_server(*message);
  return 0;
}
