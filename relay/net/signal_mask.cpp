#include "net/signal_mask.h"

#include <csignal>
#include <initializer_list>

namespace relay {

namespace {

void change_mask(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

void block_signals() { change_mask(SIG_BLOCK); }

void unblock_signals() { change_mask(SIG_UNBLOCK); }

}  // namespace relay
