#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relay {

/// The files of one directory, by the target of an HTTP request.
class StaticFiles {
 public:
  /// An empty `directory` has no files.
  explicit StaticFiles(const std::string& directory);

  struct File {
    std::string path;
    std::string_view content_type;
  };
  /// None when there is no such file, or it lies outside the directory, or its name begins with a dot.
  /// A target that ends in "/" means the index.html there.
  std::optional<File> find(std::string_view target) const;

 private:
  std::string root_;  ///< canonical; empty for none
};

}  // namespace relay
