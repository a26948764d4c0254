#pragma once

#include <algorithm>
#include <boost/asio/associator.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include "logic/intake.h"
#include "net/stream.h"

namespace relay {

/// Counts what was read, then calls the handler that it was read for.
template <class Handler>
struct CountingHandler {
  std::size_t& count;
  Handler handler;

  void operator()(boost::system::error_code error, std::size_t size) {
    count += std::max(size, Intake::least_read);
    std::move(handler)(error, size);
  }
};

/// What a WebSocket reads from, counted: it takes in empty parts, control frames and headers by itself, and
/// tells only of what a message is made of.
template <class Stream>
class CountedStream {
 public:
  using next_layer_type = Stream;
  using executor_type = Executor;

  explicit CountedStream(Stream stream) : next_(std::move(stream)) {}

  executor_type get_executor() { return next_.get_executor(); }
  Stream& next_layer() { return next_; }
  const Stream& next_layer() const { return next_; }

  /// To be called before more is read: what was read until then has been dealt with.
  void before_read(std::function<void()> call) { before_read_ = std::move(call); }
  /// Bytes that were read and that nothing was made of.
  std::size_t excess() const { return excess_; }
  /// Something was made of so many.
  void account_for(std::size_t bytes) { excess_ -= std::min(excess_, bytes); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (before_read_) before_read_();
    next_.async_read_some(buffers,
                          CountingHandler<std::decay_t<Handler>>{excess_, std::forward<Handler>(handler)});
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    next_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  Stream next_;
  std::function<void()> before_read_;
  std::size_t excess_ = 0;
};

/// Found by boost::beast::websocket::stream, as is the next one.
template <class Stream>
void teardown(boost::beast::role_type role, CountedStream<Stream>& stream, boost::system::error_code& error) {
  using boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}

template <class Stream, class Handler>
void async_teardown(boost::beast::role_type role, CountedStream<Stream>& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace relay

/// Where and how the handler within is called stays its own affair.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, relay::CountingHandler<Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const relay::CountingHandler<Handler>& counting) noexcept {
    return Associator<Handler, Default>::get(counting.handler);
  }
  static auto get(const relay::CountingHandler<Handler>& counting, const Default& fallback) noexcept {
    return Associator<Handler, Default>::get(counting.handler, fallback);
  }
};
