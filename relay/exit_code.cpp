#include "exit_code.h"

#include <iostream>
#include <sstream>

namespace relay {

int fail(int code, const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) std::cerr << "sipmsg-relay: " << line << '\n';
  return code;
}

}  // namespace relay
