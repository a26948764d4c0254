#include "ua/waiting_requests.h"

#include <algorithm>
#include <utility>

namespace sip {

std::optional<WaitingRequest> WaitingRequests::answered(JobId job, Answer& answer) {
  const auto place = std::find_if(requests_.begin(), requests_.end(),
                                  [job](const WaitingRequest& request) { return request.job == job; });
  if (job == JobId::none || place == requests_.end() || !place->answers.accept(answer)) return std::nullopt;
  return take(place);
}

std::optional<WaitingRequest> WaitingRequests::next_of(const std::string& peer) {
  const auto first = std::find_if(requests_.begin(), requests_.end(),
                                  [&](const WaitingRequest& request) { return request.peer == peer; });
  const bool has_asked = std::any_of(first, requests_.end(), [&](const WaitingRequest& request) {
    return request.peer == peer && request.job != JobId::none;
  });
  if (first == requests_.end() || has_asked) return std::nullopt;
  return take(first);
}

std::optional<WaitingRequest> WaitingRequests::overdue(Now now) {
  return take(std::find_if(requests_.begin(), requests_.end(),
                           [&](const WaitingRequest& request) { return request.due <= now.mono; }));
}

const WaitingRequest* WaitingRequests::find(TransactionId transaction) const {
  const auto place = std::find_if(requests_.begin(), requests_.end(), [&](const WaitingRequest& request) {
    return request.transaction == transaction;
  });
  return place == requests_.end() ? nullptr : &*place;
}

Deadline WaitingRequests::deadline() const {
  Deadline first;
  for (const WaitingRequest& request : requests_) first = earlier(first, request.due);
  return first;
}

std::size_t WaitingRequests::count(const std::string& peer) const {
  return static_cast<std::size_t>(
      std::count_if(requests_.begin(), requests_.end(),
                    [&](const WaitingRequest& request) { return request.peer == peer; }));
}

std::optional<WaitingRequest> WaitingRequests::take(const Requests::iterator& place) {
  if (place == requests_.end()) return std::nullopt;
  WaitingRequest request = std::move(*place);
  requests_.erase(place);
  return request;
}

}  // namespace sip
