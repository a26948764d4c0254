#include "net/static_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/encoding.h"

namespace relay {

namespace fs = std::filesystem;

namespace {

constexpr std::pair<std::string_view, std::string_view> content_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
};

std::string_view content_type_of(const fs::path& file) {
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : content_types)
    if (extension == known) return type;
  return "application/octet-stream";
}

/// The path of a target as relative file name; none for one that no file of ours can have.
std::optional<std::string> file_name(std::string_view target) {
  if (!target.starts_with('/')) return std::nullopt;
  const auto path = sip::percent_decoded(target.substr(0, target.find_first_of("?#")));
  if (!path || path->find('\0') != std::string::npos) return std::nullopt;
  // Hidden files and "..", whether written so or escaped.
  if (path->find("/.") != std::string::npos) return std::nullopt;
  return path->substr(1) + (path->ends_with('/') ? "index.html" : "");
}

/// Whether `file` lies under `root`, both canonical.
bool is_within(const std::string& root, const std::string& file) {
  return file.size() > root.size() && file.starts_with(root) &&
         (root.ends_with('/') || file[root.size()] == '/');
}

}  // namespace

StaticFiles::StaticFiles(const std::string& directory, std::string settings)
    : settings_(std::move(settings)) {
  std::error_code error;
  if (!directory.empty()) root_ = fs::canonical(directory, error).string();
}

std::optional<StaticFiles::File> StaticFiles::find(std::string_view target) const {
  if (root_.empty()) return std::nullopt;
  const auto name = file_name(target);
  if (!name || name->starts_with('/')) return std::nullopt;
  if (*name == "settings.json") return File{{}, content_type_of(*name), settings_};
  std::error_code error;
  const fs::path file = fs::canonical(fs::path(root_) / *name, error);
  // A symbolic link may lead out.
  if (error || !is_within(root_, file.string()) || !fs::is_regular_file(file, error)) return std::nullopt;
  return File{file.string(), content_type_of(file)};
}

}  // namespace relay
