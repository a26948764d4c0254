#include "im/question.h"

#include "message/media_type.h"

namespace sip {

bool is_content_type(std::string_view value) {
  return value.find_first_of("\r\n") == std::string_view::npos && MediaType::parse(value);
}

}  // namespace sip
