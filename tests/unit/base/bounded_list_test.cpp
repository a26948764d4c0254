#include "base/bounded_list.h"

#include <catch2/catch.hpp>

namespace bounded_list_test {

using sip::BoundedList;

TEST_CASE("a bounded list holds what was put into it, up to its capacity") {
  BoundedList<int, 3> list;
  CHECK(list.items().empty());
  for (const int item : {1, 2, 3}) {
    CHECK_FALSE(list.is_full());
    list.append() = item;
  }
  CHECK(list.is_full());
  CHECK(list.items()[0] == 1);
  CHECK(list.items()[2] == 3);
}

TEST_CASE("a copy of a bounded list is its own") {
  BoundedList<int, 3> list;
  list.append() = 1;
  BoundedList<int, 3> copy = list;
  copy.append() = 2;
  CHECK(list.items().size() == 1);
  REQUIRE(copy.items().size() == 2);
  CHECK(copy.items()[0] == 1);
  list = copy;
  CHECK(list.items().size() == 2);
  CHECK(list.items()[1] == 2);
}

TEST_CASE("what was put last into a bounded list can be taken back") {
  BoundedList<int, 1> list;
  list.append() = 1;
  list.pop_back();
  CHECK(list.items().empty());
  list.append() = 2;
  CHECK(list.items()[0] == 2);
}

}  // namespace bounded_list_test
