#include "net/event_batch.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace relay {

void EventBatch::end() {
  {
    const std::scoped_lock lock(mutex_);
    is_ended_ = true;
  }
  room_.notify_all();
}

void EventBatch::begun(std::shared_ptr<Connection> connection) {
  Event event{Kind::begun};
  event.connection = std::move(connection);
  take_down(std::move(event));
}

void EventBatch::turned_away(std::string_view why) {
  Event event{Kind::turned_away};
  event.why = why;
  take_down(std::move(event));
}

void EventBatch::take_down(Event event, std::string_view text) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return is_ended_ || waiting_.size() < max_waiting; });
  if (is_ended_) return;
  event.text_at = waiting_.texts.size();
  event.text_size = text.size();
  waiting_.texts.append(text);
  waiting_.events.push_back(std::move(event));
  if (std::exchange(is_tell_due_, true)) return;
  lock.unlock();
  boost::asio::post(reactor_, [this] { tell(); });
}

void EventBatch::tell() {
  {
    const std::scoped_lock lock(mutex_);
    std::swap(told_, waiting_);
    is_tell_due_ = false;
  }
  room_.notify_all();
  const std::string_view texts = told_.texts;
  for (Event& event : told_.events) {
    try {
      tell(event, texts.substr(event.text_at, event.text_size));
    } catch (const std::exception& exception) {
      // As in IoLoop::run(): the events after it must not suffer.
      spdlog::error("an input could not be dealt with: {}", exception.what());
    }
  }
  told_.events.clear();
  told_.texts.clear();
}

void EventBatch::tell(Event& event, std::string_view text) {
  switch (event.kind) {
    case Kind::begun: return events_.begun(std::move(event.connection));
    case Kind::opened: return events_.opened(event.peer);
    case Kind::received: return events_.received(event.peer, text);
    case Kind::received_unframed: return events_.received_unframed(event.peer, text);
    case Kind::closed: return events_.closed(event.peer);
    case Kind::unreachable: return events_.unreachable(event.peer);
    case Kind::congested: return events_.congested(event.peer);
    case Kind::turned_away: return events_.turned_away(event.why);
  }
}

}  // namespace relay
