#include "transaction/transaction_key.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// No part can hold it.
constexpr char separator = '\n';

/// Each part with the separator behind it.
template <class... Parts>
std::string join(Parts... parts) {
  std::string key;
  key.reserve((std::string_view(parts).size() + ... + sizeof...(parts)));
  ((key += parts, key += separator), ...);
  return key;
}

bool has_cookie(std::string_view branch) {
  return equal_ignoring_case(branch.substr(0, branch_magic_cookie.size()), branch_magic_cookie);
}

void append_lower_case(std::string_view text, std::string& out) {
  for (const char c : text) out += to_lower(c);
}

}  // namespace

std::string client_key(std::string_view branch, std::string_view method) { return join(branch, method); }

std::string server_key(const MessageView& request, const MandatoryHeaders& headers) {
  const Via& via = headers.via;
  const bool is_ack = request.method() == "ACK";
  // RFC 4475 3.2.1: the cookie alone makes no branch unique.
  if (has_cookie(via.branch()) && via.branch().size() > branch_magic_cookie.size()) {
    const std::string_view method = is_ack ? "INVITE" : request.method();
    const std::string port =
        std::to_string(via.port.value_or(equal_ignoring_case(via.transport, "TLS") ? 5061 : 5060));
    std::string key;
    key.reserve(via.branch().size() + via.host.size() + port.size() + method.size() + 3);
    append_lower_case(via.branch(), key);
    key += separator;
    append_lower_case(via.host, key);
    return key.append(1, separator).append(port).append(1, separator).append(method);
  }
  // It begins with an empty part: no branch is.
  const std::string number = std::to_string(headers.cseq.number);
  const std::string port = via.port ? std::to_string(*via.port) : std::string();
  return join("", request.request_uri(), headers.from.tag(), headers.call_id, number, via.host, port,
              via.params.text(), headers.to.tag())
      .append(request.method());
}

std::optional<std::string> ack_key(std::string_view invite_key, std::string_view to_tag) {
  if (!invite_key.starts_with(separator)) return std::nullopt;
  const std::string_view with_tag = without_method(invite_key);
  const std::size_t tag = with_tag.rfind(separator, with_tag.size() - 2) + 1;
  return join(invite_key.substr(0, tag - 1), to_tag).append("ACK");
}

std::string_view without_method(std::string_view key) { return key.substr(0, key.rfind(separator) + 1); }

}  // namespace sip
