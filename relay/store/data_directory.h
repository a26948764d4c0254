#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "store/store_error.h"

namespace relay {

/// The name of a database in the directory `data`. What is missing of the directory and the file is made,
/// readable for us alone. ":memory:" stays what it is.
std::variant<std::string, StoreError> private_file(const std::string& data, std::string_view name);

}  // namespace relay
