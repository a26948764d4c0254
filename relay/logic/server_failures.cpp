#include "logic/server_failures.h"

#include <algorithm>

namespace relay {

using namespace sip;

void ServerFailures::note(Instant now, const Peer& server) {
  std::erase_if(failures_,
                [&](const Failure& failure) { return failure.until <= now || failure.server == server; });
  if (failures_.size() == max_servers) failures_.pop_front();
  failures_.push_back({now + memory, server});
}

bool ServerFailures::has(Instant now, const Peer& server) const {
  return std::any_of(failures_.begin(), failures_.end(),
                     [&](const Failure& failure) { return now < failure.until && failure.server == server; });
}

void ServerFailures::put_last(Instant now, std::vector<Peer>& servers) const {
  std::stable_partition(servers.begin(), servers.end(),
                        [&](const Peer& server) { return !has(now, server); });
}

}  // namespace relay
