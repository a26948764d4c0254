#include "im/target_set.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/contact.h"
#include "message/im_uri.h"
#include "message/uri.h"

namespace sip {
namespace {

bool is_redirection(int status) { return status >= 300 && status < 400 && status != 305 && status != 380; }

/// 19.1.5: the method in a URI is that of the request.
bool is_for_message(const Uri& uri) { return uri.params.value("method").value_or("MESSAGE") == "MESSAGE"; }

bool is_sips(std::string_view uri) {
  return uri.size() > 5 && equal_ignoring_case(uri.substr(0, 5), "sips:");
}

}  // namespace

void TargetSet::add(const std::vector<std::string>& uris) {
  std::size_t place = current_ + 1;
  for (const std::string& uri : uris) {
    if (uris_.size() == max_targets) return;
    if (contains(uri)) continue;
    uris_.insert(uris_.begin() + static_cast<std::ptrdiff_t>(place), uri);
    ++place;
  }
}

bool TargetSet::turn_to_next() {
  if (current_ + 1 == uris_.size()) return false;
  ++current_;
  return true;
}

void TargetSet::reset() {
  uris_.resize(1);
  current_ = 0;
}

bool TargetSet::contains(std::string_view uri) const {
  const auto wanted = Uri::parse(uri);
  return std::any_of(uris_.begin(), uris_.end(), [&](const std::string& known) {
    const auto its_uri = Uri::parse(known);
    return wanted && its_uri ? equivalent(*wanted, *its_uri) : known == uri;
  });
}

std::vector<std::string> targets_of(const MessageView& response, std::string_view target) {
  std::vector<std::string> targets;
  if (response.status() == 416)
    if (const auto im = ImUri::parse(target)) targets.push_back(as_sip_uri(*im));
  if (!is_redirection(response.status())) return targets;
  for (const Contact& contact : contacts_by_preference(response)) {
    const Uri& uri = contact.address.uri;
    const bool is_as_safe = !is_sips(target) || is_sips(uri.text);
    if (uri.is_sip() && is_as_safe && is_for_message(uri)) targets.push_back(as_request_uri(uri));
  }
  return targets;
}

}  // namespace sip
