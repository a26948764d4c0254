#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "net/event_batch.h"
#include "net/io_loop.h"

namespace relay {

/// An IoLoop on a thread of its own: framing, masking, compression and TLS, beside the reactor. What goes to
/// it and comes from it is handed over in batches; a lock is held for no longer than that takes.
class IoThread : public IoLoop {
 public:
  /// The events of `reactor` hear of its connections on the thread that runs that loop, and what its
  /// connections have unwritten counts there, too. It must outlive it.
  explicit IoThread(IoLoop& reactor);
  ~IoThread() override;

  void start();
  void flush() override;
  /// Returns when the thread has ended. Its connections say nothing more.
  void stop();

 private:
  void take_over();

  boost::asio::io_context own_context_;
  EventBatch batch_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::mutex mutex_;
  std::vector<IoCommand> handed_over_;  ///< under the mutex, as is the next
  bool is_take_over_due_ = false;
  std::vector<IoCommand> taken_over_;  ///< the thread's
  std::thread thread_;
};

}  // namespace relay
