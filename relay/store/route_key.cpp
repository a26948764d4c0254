#include "store/route_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>

#include "store/data_directory.h"

namespace relay {

namespace {

StoreError cannot(const std::string& what, const std::string& file) {
  return {StoreError::Reason::failed,
          "cannot " + what + " " + file + ": " + std::generic_category().message(errno)};
}

/// Written whole under another name first: a loss of power leaves the key or none.
bool write_key(const std::string& file, const sip::Seed& key) {
  const std::string unfinished = file + ".new";
  const int descriptor = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  const bool is_written = ::write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                          ::fsync(descriptor) == 0;
  const bool is_closed = ::close(descriptor) == 0;
  return is_written && is_closed && std::rename(unfinished.c_str(), file.c_str()) == 0;
}

}  // namespace

std::variant<sip::Seed, StoreError> route_key(const std::string& data, const sip::Seed& fresh) {
  const auto named = private_file(data, "route.key");
  if (const auto* error = std::get_if<StoreError>(&named)) return *error;
  const std::string& file = std::get<std::string>(named);
  if (file == data) return fresh;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot("read", file);
  sip::Seed key{};
  const ssize_t size = ::read(descriptor, key.data(), key.size());
  ::close(descriptor);
  if (size == static_cast<ssize_t>(key.size())) return key;
  if (size != 0)
    return StoreError{StoreError::Reason::failed, file + " is no key: remove it to have another one made"};
  if (!write_key(file, fresh)) return cannot("write", file);
  return fresh;
}

}  // namespace relay
