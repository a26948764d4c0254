#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

/// A directory that is gone when the test is over.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sipmsg-store-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    name_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(name_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};
