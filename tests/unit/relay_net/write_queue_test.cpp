#include "net/write_queue.h"

#include <catch2/catch.hpp>

namespace relay {
namespace write_queue_test {

namespace {

/// The bytes of an item that takes so much.
constexpr std::size_t bytes_in(std::size_t room) { return room - WriteQueue::item_size; }

}  // namespace

TEST_CASE("one connection may leave a megabyte unread") {
  WriteQueue::Total total = 0;
  WriteQueue queue(total);
  CHECK(queue.reserve(1));
  CHECK(queue.reserve(bytes_in(WriteQueue::max_size) - WriteQueue::item_size - 1));
  CHECK_FALSE(queue.reserve(1));
  queue.release(1);
  CHECK(queue.reserve(1));
  CHECK(total == WriteQueue::max_size);
}

TEST_CASE("what is small takes more room than its bytes: a megabyte holds no million of pongs") {
  WriteQueue::Total total = 0;
  WriteQueue queue(total);
  std::size_t pongs = 0;
  for (; queue.reserve(2); ++pongs) queue.push({{}, "\r\n"});
  CHECK(pongs > 5000);
  CHECK(pongs < 10'000);
}

TEST_CASE("where many leave much unread, each may leave less") {
  WriteQueue::Total total = WriteQueue::max_total - 1;
  WriteQueue queue(total);
  CHECK(queue.reserve(bytes_in(WriteQueue::max_size_in_a_crowd)));
  CHECK_FALSE(queue.reserve(1));
  total -= WriteQueue::max_total / 2;
  CHECK(queue.reserve(1));
}

TEST_CASE("what is taken, or never was written, counts no more") {
  WriteQueue::Total total = 0;
  {
    WriteQueue queue(total);
    for (const char* text : {"one", "two", "three"}) {
      REQUIRE(queue.reserve(std::string(text).size()));
      queue.push({{}, text});
    }
    queue.pop();
    CHECK(total == 8 + 2 * WriteQueue::item_size);
  }
  CHECK(total == 0);
}

TEST_CASE("what is taken while it is written stays for the one who writes it, and takes no room") {
  WriteQueue::Total total = 0;
  WriteQueue queue(total);
  REQUIRE(queue.reserve(3));
  queue.push({{}, "one"});
  const std::string& written = queue.front();
  CHECK(&queue.take().front().bytes == &written);
  CHECK(queue.is_empty());
  CHECK(written == "one");
  CHECK(total == 0);
}

}  // namespace write_queue_test
}  // namespace relay
