#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "message/uri.h"

namespace relay {

/// Makes and reads globally routable UA URIs (RFC 5627 5.4). Neither kind takes any memory: a public one says
/// what it means, a temporary one holds, encrypted and signed, the key of an instance (as in appendix A.2,
/// with HMAC as the cipher, since each has a nonce of its own). The key is forgotten with the instance's
/// bindings.
class Gruu {
 public:
  explicit Gruu(sip::Random random);

  /// The key of an instance that registers: chance, `key_length` characters.
  static constexpr std::size_t key_length = 16;
  std::string draw_key() { return random_.token(key_length); }

  /// The address-of-record with the instance in "gr"; `instance` is the value of +sip.instance.
  static std::string public_gruu(const sip::Uri& address, std::string_view instance);
  /// A new one each time; two of them do not tell whether they mean the same instance (5.1).
  std::string temporary_gruu(std::string_view key, std::string_view domain);

  /// "gr" without a value (3.1.2); whether we have made it, key_of() tells.
  static bool is_temporary(const sip::Uri& uri);
  /// The +sip.instance that a public GRUU means; none where the escapes in it are broken.
  static std::optional<std::string> instance_of(const sip::Uri& uri);
  /// The key in a temporary GRUU; none where we have not made it.
  std::optional<std::string> key_of(const sip::Uri& uri) const;

 private:
  std::string mask(std::string_view nonce) const;
  std::string signature(std::string_view text) const;

  sip::Random random_;
  std::string cipher_key_;
  std::string signing_key_;
};

}  // namespace relay
