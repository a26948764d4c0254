#include "message/call_id.h"

#include "message/character_class.h"

namespace sip {

bool is_call_id(std::string_view text) { return !text.empty() && is_all(CharacterClass::call_id, text); }

}  // namespace sip
