#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What every contender has to find in a message: one row of corpus/expected.tsv.
struct Parts {
  std::string start;  ///< method, or status code
  std::string from, from_tag, to, to_tag;
  std::string via_host, branch;  ///< of the topmost Via
  std::string call_id, cseq;
  std::string contact_host, realm;  ///< of the first Contact; of the first challenge or credentials
  std::size_t vias = 0;
  std::size_t routes = 0;  ///< Route and Record-Route
  std::size_t contacts = 0;
  std::size_t proofs = 0;  ///< challenges and credentials
  std::size_t body = 0;    ///< bytes

  /// In the order of the table's columns; "-" for what is not there.
  std::vector<std::string> row() const;
};

struct Sample {
  std::string name;
  std::string text;
  std::vector<std::string> expected;  ///< as Parts::row() has it
};

/// The messages of that folder, in the order of its table. Empty when the table cannot be read.
std::vector<Sample> read_corpus(const std::string& folder);

}  // namespace bench
