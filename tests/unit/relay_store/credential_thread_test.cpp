#include "store/credential_thread.h"

#include <catch2/catch.hpp>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace credential_thread_test {

using namespace relay;

namespace {

CredentialStore store_with_alice() {
  auto store = std::get<CredentialStore>(CredentialStore::open(":memory:"));
  REQUIRE_FALSE(store.add("alice", "example.com", "secret"));
  return store;
}

}  // namespace

TEST_CASE("each question is answered, in the order asked, on another thread") {
  CredentialThread thread(store_with_alice());
  std::promise<void> done;
  std::vector<bool> answers;
  bool other_thread = true;
  const auto here = std::this_thread::get_id();
  const auto note = [&](const CredentialStore::Found& found) {
    answers.push_back(found.digest.has_value());
    other_thread = other_thread && std::this_thread::get_id() != here;
    if (answers.size() == 3) done.set_value();
  };
  for (const char* user : {"alice", "bob", "alice"}) thread.find(user, "example.com", note);
  done.get_future().get();
  CHECK(answers == std::vector<bool>{true, false, true});
  CHECK(other_thread);
}

TEST_CASE("when too many questions wait the next fails at once") {
  CredentialThread thread(store_with_alice());
  std::promise<void> started;
  std::promise<void> release;
  std::promise<void> last;
  thread.find("alice", "example.com", [&](const CredentialStore::Found&) {
    started.set_value();
    release.get_future().get();
  });
  started.get_future().get();
  std::size_t answered = 0;
  for (std::size_t i = 0; i < CredentialThread::max_waiting; ++i)
    thread.find("alice", "example.com", [&](const CredentialStore::Found& found) {
      if (found.digest && ++answered == CredentialThread::max_waiting) last.set_value();
    });
  bool failed = false;
  thread.find("alice", "example.com", [&](const CredentialStore::Found& found) { failed = found.failed; });
  CHECK(failed);
  release.set_value();
  last.get_future().get();
  CHECK(answered == CredentialThread::max_waiting);
}

TEST_CASE("the thread ends without having been asked anything") {
  std::optional<CredentialThread> thread(store_with_alice());
  thread.reset();
  CHECK_FALSE(thread);
}

TEST_CASE("the thread says that it has ended, and what is asked later fails at once") {
  CredentialThread thread(store_with_alice());
  std::promise<void> ended;
  CHECK_FALSE(thread.has_ended());
  thread.end([&] { ended.set_value(); });
  ended.get_future().get();
  CHECK(thread.has_ended());
  bool has_failed = false;
  thread.find("alice", "example.com",
              [&](const CredentialStore::Found& found) { has_failed = found.failed; });
  CHECK(has_failed);
}

TEST_CASE("accounts are added, changed, removed and listed in the order asked") {
  CredentialThread thread(store_with_alice());
  std::vector<std::string> answers;
  std::promise<std::vector<std::string>> listed;
  const auto note = [&](const std::optional<StoreError>& error) {
    answers.push_back(error ? error->message : "done");
  };
  thread.add("bob", "example.com", "secret", note);
  thread.add("bob", "example.com", "secret", note);
  thread.set_password("bob", "example.com", "another", note);
  thread.remove("alice", "example.com", note);
  thread.remove("alice", "example.com", note);
  thread.list([&](const auto& found) { listed.set_value(std::get<std::vector<std::string>>(found)); });
  CHECK(listed.get_future().get() == std::vector<std::string>{"bob@example.com"});
  CHECK(answers == std::vector<std::string>{"done", "there is an account bob@example.com already", "done",
                                            "done", "there is no account alice@example.com"});
}

}  // namespace credential_thread_test
