#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "logic/dns.h"
#include "message/uri.h"
#include "transport/endpoint.h"

namespace relay {

/// Finds the servers behind one URI (RFC 3263 4). Ask question(), give the answer(), until there is none.
class ServerLocation {
 public:
  /// Records past these are left aside: a domain names a handful, and each costs two questions or a try.
  static constexpr std::size_t max_candidates = 4;
  static constexpr std::size_t max_targets = 8;
  static constexpr std::size_t max_servers = 8;
  /// How many lookups of addresses may fail before what is known has to do.
  static constexpr unsigned max_failures = 2;

  enum class Outcome : std::uint8_t {
    asking,
    located,
    nowhere,      ///< the domain does not exist, or has no server that can be spoken to
    failed,       ///< nobody could say
    unsupported,  ///< a transport that this relay does not open connections by
  };

  /// What about the request decides about its transport.
  struct Traits {
    bool is_sips =
        false;  ///< for a SIPS resource: TLS or nothing, whatever the URI's scheme (RFC 3261 16.6 step 7)
    bool speaks_udp = true;  ///< whether there is a socket to send datagrams from
    std::size_t size = 0;    ///< bytes, as sent
  };
  ServerLocation(const sip::Uri& uri, const Traits& traits, sip::Random random);
  /// Where the servers are known without asking.
  explicit ServerLocation(std::vector<sip::Peer> servers);

  /// The domain that a URI leads to: lower case, without a final dot (TARGET in RFC 3263 4).
  static std::string target_of(const sip::Uri& uri);

  Outcome outcome() const { return outcome_; }
  /// None once the outcome is there.
  std::optional<DnsQuestion> question() const;
  void answer(const DnsAnswer& answer);
  /// Where to go, in this order, once located. Those over TLS must be `name` (RFC 5922 7.3).
  const std::vector<sip::Peer>& servers() const { return servers_; }

 private:
  enum class Step : std::uint8_t { naptr, srv, a, aaaa };
  /// A name that may have SRV records for a transport.
  struct Candidate {
    sip::Protocol protocol;
    std::string name;
  };
  struct Target {
    sip::Protocol protocol;
    std::string name;
    std::uint16_t port;
  };

  void begin(const sip::Uri& uri);
  void take_naptrs(const std::vector<NaptrRecord>& records);
  void take_srvs(const std::vector<SrvRecord>& records);
  void take_addresses(const DnsAnswer& answer);
  void next_candidate();
  void ask_candidates(std::vector<Candidate> candidates);
  void ask_addresses(std::vector<Target> targets);
  void add_server(sip::Protocol protocol, const sip::IpAddress& address, std::uint16_t port);
  void finish();

  std::vector<Candidate> conventional_candidates() const;
  std::optional<sip::Protocol> usable(sip::Protocol named) const;
  sip::Protocol default_protocol() const;
  bool avoids_datagrams() const;

  std::string domain_;
  Traits traits_;
  sip::Random random_;
  std::optional<sip::Protocol> transport_;  ///< by the URI
  Outcome outcome_ = Outcome::asking;
  Step step_ = Step::naptr;
  std::vector<Candidate> candidates_;  ///< not yet asked for, the next one last
  bool follows_naptrs_ = false;
  bool is_denied_ = false;       ///< RFC 2782: a target "." was found
  std::vector<Target> targets_;  ///< not yet looked up, the next one last
  unsigned failures_ = 0;
  std::vector<sip::Peer> servers_;
};

}  // namespace relay
