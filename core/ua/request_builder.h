#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/digest_client.h"
#include "base/random.h"
#include "im/delivery.h"
#include "transport/endpoint.h"
#include "ua/account.h"
#include "ua/registration.h"
#include "ua/service_route.h"

namespace sip {

/// Writes the requests of one person's client (RFC 3261 8.1.1, RFC 7118 5, RFC 3428 4).
class RequestBuilder {
 public:
  /// The account must be valid. What it lacks is drawn.
  RequestBuilder(const Account& account, Random random);

  struct Request {
    std::string text;
    std::string branch;
  };
  using Authorization = std::vector<DigestClient::Field>;
  /// What REGISTER and MESSAGE have in common.
  struct Frame {
    Protocol protocol = Protocol::ws;
    std::uint32_t cseq = 1;
    const Authorization& authorization;
  };
  Request register_request(const Frame& frame, const Registration::Register& wish);
  struct Destination {
    std::string_view to;           ///< whom it was written to
    std::string_view request_uri;  ///< where it goes: another place after a redirection (8.1.3.4)
  };
  /// `draft` has its id and first_sent; the same two make a repeat known as one (docs/adr/0003).
  Request message(const Frame& frame, const Draft& draft, const Destination& destination);
  /// Asks what the recipient takes (RFC 3261 11.1).
  Request options(const Frame& frame, std::string_view call_id, std::string_view recipient);

  /// The Route of later MESSAGEs (RFC 3608 6.1).
  void service_route(ServiceRoute route) { service_route_ = std::move(route); }

  /// Request-URI of REGISTER: the domain (10.2).
  const std::string& registrar() const { return registrar_; }
  const std::string& domain() const { return domain_; }
  /// Our Contact URI, without what push adds to it.
  const std::string& contact() const { return contact_; }
  /// sent-by of every Via of ours: no browser knows its own address (RFC 7118 5).
  const std::string& sent_by() const { return sent_by_; }

 private:
  std::string via(Protocol protocol, std::string_view branch) const;
  std::string contact_value(const Registration::Register& wish) const;

  Random random_;
  std::string address_;
  std::string from_;  ///< name-addr without tag
  std::string domain_;
  std::string registrar_;
  std::string instance_;
  std::string sent_by_;
  std::string contact_;
  std::string contact_params_;  ///< for push (RFC 8599)
  EndToEnd end_to_end_;
  ServiceRoute service_route_;
  std::string register_call_id_;
  std::string register_tag_;
};

}  // namespace sip
