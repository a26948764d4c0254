#pragma once

#include <string>

#include "logic/local_domain.h"
#include "logic/location.h"
#include "logic/request.h"
#include "logic/settings.h"

namespace relay {

/// Processes REGISTER requests whose sender is known to be the user (RFC 3261 10.3 steps 6 to 8, RFC 5626 6).
class Registrar {
 public:
  /// More devices than a person carries, few enough that a message to all of them is no flood.
  static constexpr std::size_t max_bindings = 10;

  Registrar(const Settings& settings, const LocalDomain& domain, Location& location)
      : settings_(settings), domain_(domain), location_(location) {}

  Answer process(sip::Now now, const Request& request);

 private:
  struct Update;
  Answer remove_all(sip::Now now, const std::string& user, const Request& request);
  Answer update(sip::Now now, const std::string& user, const Request& request);
  Answer list(sip::Now now, const std::string& user, const Request& request) const;
  std::optional<Answer> apply(sip::Now now, const Request& request, std::string_view value,
                              std::vector<Binding>& bindings) const;
  sip::Peer target_of(const Request& request, const sip::Uri& contact) const;

  const Settings& settings_;
  const LocalDomain& domain_;
  Location& location_;
};

}  // namespace relay
