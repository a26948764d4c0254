#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/bearer.h"
#include "ua/granted_binding.h"
#include "ua/redirection.h"
#include "ua/service_route.h"

using namespace sip;

namespace {

bool is_one_line(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

void read_challenge(const MessageView& response) {
  const auto challenge = BearerChallenge::first(response);
  if (!challenge) return;
  assert(challenge->authz_server.empty() || challenge->authz_server.size() > 7);
  assert(is_one_line(challenge->authz_server) && is_one_line(challenge->scope));
  BearerClient client("token");
  client.challenged(response, BearerClient::Request::to_registrar, Protocol::wss);
  client.challenged(response, BearerClient::Request::to_others, Protocol::wss);
}

}  // namespace

/// Whatever a registrar answers: what is taken from it can stand in later requests.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto response = MessageView::parse(text);
  if (!response || response->is_request()) return 0;
  const auto binding = GrantedBinding::read(*response, "sip:alice@k3.invalid;transport=ws", Seconds(600));
  assert(binding.refresh_after().count() > 0 && binding.refresh_after() < binding.expires);
  assert(binding.public_gruu.empty() || Uri::parse(binding.public_gruu));
  for (const std::string& route : ServiceRoute::read(*response).values) assert(is_one_line(route));
  const OutboundProxySet servers({"ws.example.org"}, {}, Random(seed_from(1)));
  if (const auto target = Redirection::read(*response, "sip:example.org", servers)) {
    const auto uri = Uri::parse(target->registrar);
    assert(uri && uri->user.empty() && uri->params.text().empty());
  }
  read_challenge(*response);
  return 0;
}
