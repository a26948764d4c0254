#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace sip {

/// Why a text is not what a grammar asks for.
enum class Errc : std::uint8_t {
  syntax,          ///< a character that the production does not allow
  truncated,       ///< the text ends inside a production
  out_of_range,    ///< a number larger than its header allows
  bad_start_line,  ///< neither a Request-Line nor a Status-Line (RFC 3261 7.1, 7.2)
  bad_version,     ///< a SIP-Version other than SIP/2.0 (RFC 3261 21.5.7)
  bad_header,      ///< a header field whose value does not parse; `what` names it
  missing_header,  ///< a mandatory header field is absent (RFC 3261 8.1.1); `what` names it
  too_large,       ///< past a named limit of this implementation; `what` names it
  unsupported,     ///< well-formed, but of a kind that is not understood here
  undecipherable,  ///< encrypted for somebody else (RFC 3261 21.4.28)
  unanswered,      ///< cannot be said before the driver has answered a question
  bad_length,      ///< Content-Length and the bytes present disagree (RFC 3261 18.3)
};

/// A parse error: `offset` counts bytes from the start of the parsed text; `what` is a literal.
struct Error {
  Errc code = Errc::syntax;
  std::size_t offset = 0;
  std::string_view what = {};
};

/// Either a value or the Error that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(const T& value) : state_(std::in_place_index<0>, value) {}        // NOLINT: implicit by intent
  Result(T&& value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by intent
  Result(Error error) : state_(std::in_place_index<1>, error) {}           // NOLINT: implicit by intent

  /// Holds a T of its defaults, to be filled where it is.
  explicit Result(std::in_place_t) : state_(std::in_place_index<0>) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return value(); }
  const T& operator*() const { return const_cast<Result*>(this)->value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &**this; }
  const Error& error() const {
    assert(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }

 private:
  T& value() {
    assert(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

}  // namespace sip
