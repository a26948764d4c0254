#include "corpus.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> split_at_tabs(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream rest(line);
  for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
  return cells;
}

}  // namespace

std::vector<std::string> Parts::row() const {
  std::vector<std::string> cells{start,
                                 from,
                                 from_tag,
                                 to,
                                 to_tag,
                                 std::to_string(vias),
                                 via_host,
                                 branch,
                                 call_id,
                                 cseq,
                                 std::to_string(routes),
                                 std::to_string(contacts),
                                 contact_host,
                                 std::to_string(proofs),
                                 realm,
                                 std::to_string(body)};
  for (std::string& cell : cells)
    if (cell.empty()) cell = "-";
  return cells;
}

std::vector<Sample> read_corpus(const std::string& folder) {
  std::vector<Sample> samples;
  std::ifstream table(folder + "/expected.tsv");
  std::string line;
  std::getline(table, line);  // the names of the columns
  while (std::getline(table, line)) {
    std::vector<std::string> cells = split_at_tabs(line);
    std::string name = std::move(cells.front());
    cells.erase(cells.begin());
    std::string text = read_file(folder + "/" + name + ".sip");
    samples.push_back({std::move(name), std::move(text), std::move(cells)});
  }
  return samples;
}

}  // namespace bench
