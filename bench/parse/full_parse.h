#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bench {

/// What a full parse has found; borrows the text. A view is empty for what is not there.
struct FullParse {
  std::string_view method;                                        ///< empty for a response
  int status = 0;                                                 ///< 0 for a request
  std::string_view request_uri;                                   ///< empty for a response
  std::string_view from_uri, from, from_tag, to_uri, to, to_tag;  ///< `from` and `to` are the users
  std::string_view via_host, branch;                              ///< of the topmost Via
  std::string_view call_id;
  std::uint32_t cseq = 0;
  std::string_view contact_host;  ///< of the first Contact
  std::string_view realm;         ///< of the first challenge or credentials
  std::size_t vias = 0;
  std::size_t routes = 0;  ///< Route and Record-Route
  std::size_t contacts = 0;
  std::size_t addresses = 0;     ///< of other header fields
  std::size_t proofs = 0;        ///< challenges and credentials
  std::size_t proof_params = 0;  ///< theirs together
  std::size_t options = 0;       ///< methods and option tags of the lists
  std::string_view body;
};

/// Reads every header field by its type; false where one of them is malformed. `found` has to be new.
bool full_parse(std::string_view text, FullParse& found);

}  // namespace bench
