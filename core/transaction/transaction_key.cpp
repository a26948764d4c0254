#include "transaction/transaction_key.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// Parts joined by a character that none of them can hold.
template <class... Parts>
std::string join(Parts... parts) {
  std::string key;
  key.reserve((std::string_view(parts).size() + ... + sizeof...(parts)));
  ((key += parts, key += '\n'), ...);
  return key;
}

}  // namespace

std::string client_key(std::string_view branch, std::string_view method) { return join(branch, method); }

std::string server_key(const MessageView& request, const MandatoryHeaders& headers) {
  const Via& via = headers.via;
  const std::string branch = lower_case(via.branch());
  // RFC 4475 3.2.1: the cookie alone makes no branch unique.
  if (branch.starts_with(lower_case(branch_magic_cookie)) && branch.size() > branch_magic_cookie.size()) {
    const std::string host = lower_case(via.host);
    const std::string port =
        std::to_string(via.port.value_or(equal_ignoring_case(via.transport, "TLS") ? 5061 : 5060));
    return join(branch, host, port, request.method());
  }
  const std::string number = std::to_string(headers.cseq.number);
  return join(request.request_uri(), headers.to.tag(), headers.from.tag(), headers.call_id, number,
              request.method(), via.host, via.params.text());
}

}  // namespace sip
