#include "store/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace relay {

std::variant<std::string, StoreError> private_file(const std::string& data, std::string_view name) {
  if (data == ":memory:") return data;
  std::string directory = data;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    const std::filesystem::path parent = std::filesystem::path(directory).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, error);
    if (mkdir(directory.c_str(), 0700) != 0)
      return StoreError{StoreError::Reason::failed, "cannot make the directory " + directory + ": " +
                                                        std::generic_category().message(errno)};
  }
  const std::string file = directory + "/" + std::string(name);
  // SQLite gives its journal files the mode of the database.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return StoreError{StoreError::Reason::failed,
                      "cannot open " + file + ": " + std::generic_category().message(errno)};
  ::close(descriptor);
  return file;
}

}  // namespace relay
