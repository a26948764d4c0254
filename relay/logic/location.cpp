#include "logic/location.h"

#include <algorithm>

namespace relay {

using namespace sip;

const std::vector<Binding>& Location::bindings(const std::string& user) const {
  static const std::vector<Binding> none;
  const auto found = users_.find(user);
  return found == users_.end() ? none : found->second;
}

void Location::commit(const std::string& user, std::vector<Binding> bindings) {
  for (const Binding& old : this->bindings(user)) {
    users_of_gruu_.erase(old.gruu_key);
    const auto flow = users_of_flow_.find(old.target.flow);
    if (!old.is_tied_to_flow || flow == users_of_flow_.end()) continue;
    flow->second.erase(user);
    if (flow->second.empty()) users_of_flow_.erase(flow);
  }
  Deadline first;
  for (const Binding& binding : bindings) {
    first = earlier(first, binding.expires_at);
    if (!binding.gruu_key.empty()) users_of_gruu_.insert_or_assign(binding.gruu_key, user);
    if (binding.is_tied_to_flow) users_of_flow_[binding.target.flow].insert(user);
  }
  deadlines_.set(user, first);
  if (bindings.empty()) {
    users_.erase(user);
  } else {
    users_.insert_or_assign(user, std::move(bindings));
  }
}

const std::string* Location::user_of_gruu(const std::string& key) const {
  const auto found = users_of_gruu_.find(key);
  return found == users_of_gruu_.end() ? nullptr : &found->second;
}

void Location::flow_closed(FlowId flow) {
  const auto found = users_of_flow_.find(flow);
  if (found == users_of_flow_.end()) return;
  const std::set<std::string> users = found->second;
  for (const std::string& user : users) {
    std::vector<Binding> left = bindings(user);
    std::erase_if(
        left, [&](const Binding& binding) { return binding.is_tied_to_flow && binding.target.flow == flow; });
    commit(user, std::move(left));
  }
}

void Location::expire(Instant now) {
  while (const auto user = deadlines_.pop_due(now)) {
    std::vector<Binding> left = bindings(*user);
    std::erase_if(left, [&](const Binding& binding) { return binding.expires_at <= now; });
    commit(*user, std::move(left));
  }
}

}  // namespace relay
