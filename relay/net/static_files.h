#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relay {

/// The files of one directory, by the target of an HTTP request, and beside them what the page has to know of
/// its server.
class StaticFiles {
 public:
  /// An empty `directory` has no files. `settings` is what "/settings.json" says.
  StaticFiles(const std::string& directory, std::string settings);

  struct File {
    std::string path;
    std::string_view content_type;
    std::optional<std::string_view> text{};  ///< what it holds where that is not on the disk
  };
  /// None when there is no such file, or it lies outside the directory, or its name begins with a dot.
  /// A target that ends in "/" means the index.html there.
  std::optional<File> find(std::string_view target) const;

 private:
  std::string root_;  ///< canonical; empty for none
  std::string settings_;
};

}  // namespace relay
