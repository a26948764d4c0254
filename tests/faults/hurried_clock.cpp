// Loaded before a program, it makes the program's clock that only goes on, and the timers that wait by it,
// go as many times too fast as SIPMSG_HURRY says. The wall clock is left alone.
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t hurry() {
  static const std::int64_t times = std::strtoll(std::getenv("SIPMSG_HURRY"), nullptr, 10);
  return times;
}

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * second + time.tv_nsec; }

timespec to_timespec(std::int64_t nanoseconds) { return {nanoseconds / second, nanoseconds % second}; }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_MONOTONIC) *time = to_timespec(nanoseconds(*time) * hurry());
  return static_cast<int>(result);
}

// What has passed already is given as an instant that long has: that stays.
int timerfd_settime(int timer, int flags, const itimerspec* wanted, itimerspec* before) noexcept {
  itimerspec hurried = *wanted;
  if (flags == 0) hurried.it_value = to_timespec((nanoseconds(wanted->it_value) + hurry() - 1) / hurry());
  return static_cast<int>(syscall(SYS_timerfd_settime, timer, flags, &hurried, before));
}

}  // extern "C"
