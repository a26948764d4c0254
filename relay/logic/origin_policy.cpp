#include "logic/origin_policy.h"

#include <algorithm>

#include "base/ascii.h"

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

}  // namespace

bool OriginPolicy::allows(std::string_view origin, std::string_view host) const {
  if (origin.empty()) return true;
  const std::string_view authority = without_default_port(authority_of(origin), origin);
  if (!authority.empty() && equal_ignoring_case(authority, without_default_port(host, origin))) return true;
  return std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& allowed) {
    return allowed == "*" || equal_ignoring_case(allowed, origin);
  });
}

}  // namespace relay
