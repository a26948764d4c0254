#include "logic/origin_policy.h"

#include <algorithm>

#include "base/ascii.h"
#include "transport/endpoint.h"

namespace relay {

using namespace sip;

namespace {

constexpr std::string_view scheme_end = "://";

/// Host and port, without the port that the scheme means anyway.
std::string_view authority_of(std::string_view origin) {
  const std::size_t end = origin.find(scheme_end);
  if (end == std::string_view::npos) return {};
  return origin.substr(end + scheme_end.size());
}

std::string_view without_default_port(std::string_view authority, std::string_view origin) {
  const std::string_view port = origin.starts_with("https:") ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

std::string_view without_port(std::string_view authority) {
  return authority.ends_with(']') ? authority : authority.substr(0, authority.rfind(':'));
}

bool is_or_is_below(std::string_view host, std::string_view name) {
  if (host.size() <= name.size()) return equal_ignoring_case(host, name);
  const std::size_t start = host.size() - name.size();
  return host[start - 1] == '.' && equal_ignoring_case(host.substr(start), name);
}

}  // namespace

bool OriginPolicy::allows(std::string_view origin, std::string_view host, Host known) const {
  if (origin.empty()) return true;
  const std::string_view authority = without_default_port(authority_of(origin), origin);
  const bool is_ours = known == Host::certified || is_own_host(authority);
  if (!authority.empty() && is_ours && equal_ignoring_case(authority, without_default_port(host, origin)))
    return true;
  return std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& allowed) {
    return allowed == "*" || equal_ignoring_case(allowed, origin);
  });
}

bool OriginPolicy::is_own_host(std::string_view authority) const {
  const std::string_view host = without_port(authority);
  if (IpAddress::parse(host) || is_or_is_below(host, "localhost")) return true;
  return std::any_of(own_hosts_.begin(), own_hosts_.end(),
                     [&](const std::string& own) { return is_or_is_below(host, own); });
}

}  // namespace relay
