#include "net/io_thread.h"

#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>

namespace relay {

namespace asio = boost::asio;

IoThread::IoThread(IoLoop& reactor)
    : IoLoop(own_context_, batch_, reactor.unwritten()),
      own_context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      batch_(reactor.context(), reactor.events()),
      work_(own_context_.get_executor()) {}

IoThread::~IoThread() {
  stop();
  let_go();  // while the context that they belong to is there
}

void IoThread::start() {
  thread_ = std::thread([this] { run(); });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  own_context_.stop();
  batch_.end();
  thread_.join();
}

void IoThread::flush() {
  if (staged_.empty()) return;
  {
    const std::scoped_lock lock(mutex_);
    if (handed_over_.empty()) {
      handed_over_.swap(staged_);
    } else {
      handed_over_.insert(handed_over_.end(), std::make_move_iterator(staged_.begin()),
                          std::make_move_iterator(staged_.end()));
      staged_.clear();
    }
    if (std::exchange(is_take_over_due_, true)) return;
  }
  asio::post(own_context_, [this] { take_over(); });
}

void IoThread::take_over() {
  {
    const std::scoped_lock lock(mutex_);
    taken_over_.clear();  // as in IoLoop::flush()
    taken_over_.swap(handed_over_);
    is_take_over_due_ = false;
  }
  carry_out(taken_over_);
}

}  // namespace relay
