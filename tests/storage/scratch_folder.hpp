// A folder of its own for a test, gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace fixtures {

struct scratch_folder {
  std::filesystem::path root = make();

  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }

  std::string path(const std::string& name) const {
    return (root / name).string();
  }

  static std::filesystem::path make() {
    auto pattern = (std::filesystem::temp_directory_path() / "unpod-store.XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("no scratch folder");
    return pattern;
  }
};

} // namespace fixtures
