#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "logic/gruu.h"
#include "logic/local_domain.h"
#include "logic/location.h"
#include "logic/request.h"
#include "logic/settings.h"
#include "message/contact.h"

namespace relay {

/// Processes REGISTER requests whose sender is known to be the user (RFC 3261 10.3 steps 6 to 8, RFC 5626 6,
/// RFC 3327 5.3, RFC 3608 6.3, RFC 5627 5).
class Registrar {
 public:
  /// More devices than a person carries, few enough that a message to all of them is no flood.
  static constexpr std::size_t max_bindings = 10;
  /// Binding::is_elsewhere. Enough for a phone whose datagrams do not come from where it is reached; more
  /// would multiply what is sent to somebody, for each request goes to all of them, and is repeated.
  static constexpr std::size_t max_elsewhere = 2;

  Registrar(const Settings& settings, const LocalDomain& domain, Location& location, Gruu& gruu)
      : settings_(settings), domain_(domain), location_(location), gruu_(gruu) {}

  Answer process(sip::Now now, const Request& request);

 private:
  /// What the whole request says about its contacts.
  struct Outbound {
    Path path;
    bool is_applied = false;  ///< instance and reg-id name the binding (RFC 5626 6)
  };
  std::variant<Outbound, Answer> outbound(const Request& request) const;
  Answer remove_all(sip::Now now, const std::string& user, const Request& request);
  Answer update(sip::Now now, const std::string& user, const Request& request);
  Answer list(sip::Now now, const std::string& user, const Request& request) const;
  std::string with_gruus(const Request& request, const Binding& binding,
                         std::map<std::string, std::string>& temporary) const;
  std::optional<Answer> apply(sip::Now now, const Request& request, const Outbound& outbound,
                              std::string_view value, std::vector<Binding>& bindings) const;
  std::optional<Answer> refuse_contact(const Request& request, const sip::Contact& contact) const;
  sip::Peer target_of(const Request& request, const sip::Uri& contact) const;
  sip::Peer target_by(const Path& path, const Request& request) const;
  sip::Peer reached_by(const sip::Uri& uri, const Request& request) const;
  std::string key_of(const std::vector<Binding>& before, const Binding& added) const;

  const Settings& settings_;
  const LocalDomain& domain_;
  Location& location_;
  Gruu& gruu_;
};

}  // namespace relay
