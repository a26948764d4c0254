#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/digest_server.h"
#include "store/sqlite.h"
#include "store/store_error.h"

namespace relay {

/// The accounts: for each user of a domain the digests of the password with the domain as realm, never the
/// password (RFC 7616 3.4.2). Accounts older than the column for SHA-512/256 have none until their password
/// is set anew. Users are compared as given, domains without case (RFC 3261 19.1.4).
class CredentialStore {
 public:
  /// `data` is a directory, made when it is not there and closed to other users of the machine, or
  /// ":memory:".
  static std::variant<CredentialStore, StoreError> open(const std::string& data);

  std::optional<StoreError> add(std::string_view user, std::string_view domain, std::string_view password);
  std::optional<StoreError> remove(std::string_view user, std::string_view domain);
  std::optional<StoreError> set_password(std::string_view user, std::string_view domain,
                                         std::string_view password);

  struct Found {
    std::optional<sip::StoredDigest> digest;  ///< none when there is no such user
    bool failed = false;                      ///< the store could not say
  };
  Found find(std::string_view user, std::string_view domain);

  /// "user@domain" of every account, sorted by domain, then by user.
  std::variant<std::vector<std::string>, StoreError> list();

 private:
  explicit CredentialStore(Sqlite database) : database_(std::move(database)) {}
  std::optional<StoreError> prepare();
  std::optional<StoreError> change(std::string_view statement, std::string_view user, std::string_view domain,
                                   const sip::StoredDigest* digest);
  StoreError failure() const;

  Sqlite database_;
  Statement find_;
};

}  // namespace relay
