#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "im/composing.h"
#include "im/imdn.h"
#include "im/xml.h"

using namespace sip;

namespace {

/// Elements nest, and a document ends in a finite number of tokens that lie inside of it.
void read_tokens(std::string_view document) {
  XmlReader reader(document);
  std::size_t depth = 0;
  for (std::size_t count = 0;; ++count) {
    assert(count <= 2 * document.size() + 2);
    const auto token = reader.next();
    if (!token) {
      assert(token.error().offset <= document.size());
      return;
    }
    if (token->kind == XmlToken::Kind::done) break;
    if (token->kind == XmlToken::Kind::start) ++depth;
    if (token->kind == XmlToken::Kind::end) --depth;
    assert(depth <= XmlReader::max_depth);
  }
  assert(depth == 0);
}

}  // namespace

/// A notification that parses must parse again, to the same, when it was written anew.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  read_tokens(document);
  if (const auto imdn = Imdn::parse(document)) {
    const std::string text = imdn->write();
    const auto again = Imdn::parse(text);
    assert(text.size() > XmlReader::max_document || (again && again->write() == text));
  }
  if (const auto status = IsComposing::parse(document)) {
    const std::string text = status->write();
    const auto again = IsComposing::parse(text);
    assert(text.size() > XmlReader::max_document || (again && again->write() == text));
  }
  return 0;
}
