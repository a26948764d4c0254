#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/connection.h"

namespace relay {

/// Takes down what an IoThread tells, and tells it on the thread of the reactor, batch by batch.
class EventBatch : public FlowEvents {
 public:
  /// Bytes that wait, texts and events. Past it the IoThread waits as well, reads no more, and so its peers
  /// wait: some hundred messages, which take the reactor some milliseconds.
  static constexpr std::size_t max_waiting = std::size_t{256} << 10;
  /// What an event counts for beside its text.
  static constexpr std::size_t event_size = 256;

  /// `events` hears of it on the thread that runs `reactor`; both must outlive it.
  EventBatch(boost::asio::io_context& reactor, FlowEvents& events) : reactor_(reactor), events_(events) {}
  /// Nobody tells any more what was told: whoever waits need not.
  void end();

  void begun(std::shared_ptr<Connection> connection) override;
  void opened(const sip::Peer& peer) override { take_down({Kind::opened, peer}); }
  void received(const sip::Peer& from, std::string_view text) override {
    take_down({Kind::received, from}, text);
  }
  void received_unframed(const sip::Peer& from, std::string_view text) override {
    take_down({Kind::received_unframed, from}, text);
  }
  void closed(const sip::Peer& peer) override { take_down({Kind::closed, peer}); }
  void unreachable(const sip::Peer& peer) override { take_down({Kind::unreachable, peer}); }
  void congested(const sip::Peer& peer) override { take_down({Kind::congested, peer}); }
  void turned_away(std::string_view why) override;

 private:
  enum class Kind : std::uint8_t {
    begun,
    opened,
    received,
    received_unframed,
    closed,
    unreachable,
    congested,
    turned_away,
  };
  struct Event {
    Kind kind;
    sip::Peer peer = {};
    std::shared_ptr<Connection> connection = {};
    std::string_view why = {};
    std::size_t text_at = 0;  ///< in the texts of its batch
    std::size_t text_size = 0;
  };
  static_assert(sizeof(Event) <= event_size);
  struct Batch {
    std::vector<Event> events;
    std::string texts;

    std::size_t size() const { return events.size() * event_size + texts.size(); }
  };

  void take_down(Event event, std::string_view text = {});
  void tell();
  void tell(Event& event, std::string_view text);

  boost::asio::io_context& reactor_;
  FlowEvents& events_;
  std::mutex mutex_;
  std::condition_variable room_;
  Batch waiting_;  ///< under the mutex, as are the next two
  bool is_tell_due_ = false;
  bool is_ended_ = false;
  Batch told_;  ///< the reactor's
};

}  // namespace relay
