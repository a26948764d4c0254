#include "net/event_batch.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace relay {
namespace event_batch_test {

class Heard : public FlowEvents {
 public:
  std::vector<std::string> said;
  std::size_t bytes = 0;

  void begun(std::shared_ptr<Connection>) override { said.emplace_back("begun"); }
  void opened(const sip::Peer& peer) override { said.push_back("opened " + number(peer)); }
  void received(const sip::Peer& from, std::string_view text) override {
    if (text == "worse than it looks") throw std::runtime_error("no memory");
    said.push_back(number(from) + " " + std::string(text.substr(0, 20)));
    bytes += text.size();
  }
  void received_unframed(const sip::Peer&, std::string_view text) override {
    said.push_back("unframed " + std::string(text));
  }
  void closed(const sip::Peer& peer) override { said.push_back("closed " + number(peer)); }
  void unreachable(const sip::Peer& peer) override { said.push_back("unreachable " + number(peer)); }
  void congested(const sip::Peer& peer) override { said.push_back("congested " + number(peer)); }
  void turned_away(std::string_view why) override { said.emplace_back(why); }

 private:
  static std::string number(const sip::Peer& peer) {
    return std::to_string(static_cast<std::uint64_t>(peer.flow));
  }
};

/// An I/O thread that receives so many messages, each as soon as it is let.
class Ahead {
 public:
  static constexpr std::size_t message_size = 1000;
  static constexpr std::size_t whole_size = message_size + EventBatch::event_size;

  Ahead(EventBatch& batch, std::size_t count, std::size_t size = message_size)
      : thread_([this, &batch, count, size] {
          const std::string text(size, 'x');
          for (; told_ < count; ++told_) batch.received({sip::FlowId{1}, {}}, text);
        }) {}
  std::size_t told() const { return told_; }
  void join() { thread_.join(); }

 private:
  std::atomic<std::size_t> told_ = 0;
  std::thread thread_;
};

const sip::Peer one{sip::FlowId{1}, {}};
const sip::Peer two{sip::FlowId{2}, {}};

TEST_CASE("what an I/O thread tells is heard in order, and only where the reactor runs") {
  boost::asio::io_context reactor;
  Heard heard;
  EventBatch batch(reactor, heard);
  batch.opened(one);
  batch.received(one, "hello");
  batch.received(two, "");
  batch.received_unframed(two, "\x01");
  batch.turned_away("reads too slowly");
  batch.closed(one);
  batch.unreachable(two);
  batch.congested(two);
  CHECK(heard.said.empty());
  CHECK(reactor.run() == 1);  // one batch
  CHECK(heard.said == std::vector<std::string>{"opened 1", "1 hello", "2 ", "unframed \x01",
                                               "reads too slowly", "closed 1", "unreachable 2",
                                               "congested 2"});
}

TEST_CASE("an event that cannot be dealt with takes none of its batch with it") {
  boost::asio::io_context reactor;
  Heard heard;
  EventBatch batch(reactor, heard);
  batch.received(one, "before");
  batch.received(one, "worse than it looks");
  batch.received(one, "after");
  reactor.run();
  CHECK(heard.said == std::vector<std::string>{"1 before", "1 after"});
}

TEST_CASE("an I/O thread that is ahead of the reactor waits, and loses nothing") {
  constexpr std::size_t count = 20'000;
  boost::asio::io_context reactor;
  Heard heard;
  EventBatch batch(reactor, heard);
  Ahead thread(batch, count);
  for (std::size_t before = 0; heard.said.size() < count; before = heard.bytes) {
    // As far ahead as it is let.
    while (thread.told() < count &&
           (thread.told() - heard.said.size()) * Ahead::whole_size < EventBatch::max_waiting)
      std::this_thread::yield();
    reactor.restart();
    reactor.run_one();
    CHECK(heard.bytes - before < EventBatch::max_waiting + Ahead::message_size);
  }
  thread.join();
  CHECK(heard.bytes == count * Ahead::message_size);
}

TEST_CASE("what has no text keeps an I/O thread waiting, too") {
  constexpr std::size_t most = EventBatch::max_waiting / EventBatch::event_size;
  boost::asio::io_context reactor;
  Heard heard;
  EventBatch batch(reactor, heard);
  Ahead thread(batch, 2 * most, 0);
  while (thread.told() < most) std::this_thread::yield();
  reactor.run_one();
  CHECK(heard.said.size() == most);
  reactor.run_one();
  thread.join();
}

TEST_CASE("an I/O thread waits no longer once nobody hears it any more") {
  boost::asio::io_context reactor;
  Heard heard;
  EventBatch batch(reactor, heard);
  Ahead thread(batch, 1000);
  while (thread.told() * Ahead::whole_size < EventBatch::max_waiting) std::this_thread::yield();
  batch.end();
  thread.join();
  CHECK(thread.told() == 1000);
  CHECK(heard.said.empty());
}

}  // namespace event_batch_test
}  // namespace relay
