#pragma once

namespace relay {

/// Has malloc take huge pages, and keep more of what is freed at hand. glibc reads that from the environment
/// at the start alone, so the program starts itself once more, as the same process; where that is not
/// possible, or the operator has set GLIBC_TUNABLES, all stays as it is. To be called before any thread is
/// started.
void tune_allocator(char** arguments);

}  // namespace relay
