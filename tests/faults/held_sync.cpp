// Loaded before a program, it has the disk keep the program waiting: as long as there is a pipe of the name
// that SIPMSG_HELD_SYNC holds, what is to be on the disk is not until somebody writes to the pipe. It tells
// each time that something is to be.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

extern "C" {

int fdatasync(int file) {
  dprintf(STDERR_FILENO, "the disk is asked\n");
  const char* const pipe = std::getenv("SIPMSG_HELD_SYNC");
  if (access(pipe, R_OK) == 0) {
    dprintf(STDERR_FILENO, "the disk keeps us waiting\n");
    close(open(pipe, O_RDONLY | O_CLOEXEC));
  }
  return static_cast<int>(syscall(SYS_fdatasync, file));
}

}  // extern "C"
