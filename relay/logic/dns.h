#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "transport/endpoint.h"

namespace relay {

/// The types of record that lead to a SIP server (RFC 3263 4).
enum class DnsType : std::uint8_t { naptr, srv, a, aaaa };

struct DnsQuestion {
  DnsType type;
  std::string name;  ///< lower case, without the final dot
  bool operator==(const DnsQuestion& other) const { return type == other.type && name == other.name; }
  bool operator<(const DnsQuestion& other) const {
    return std::tie(type, name) < std::tie(other.type, other.name);
  }
};

struct NaptrRecord {  // RFC 3403 4.1
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string service;
  std::string regexp;
  std::string replacement;
};

struct SrvRecord {  // RFC 2782
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  ///< "." or empty: there is decidedly no such service
};

/// What a DnsQuestion leads to. Only the records of the type that was asked for count; CNAMEs have been
/// followed.
struct DnsAnswer {
  /// Of one type. What a domain has beyond these nobody reads: 64 KiB hold thousands, each of which may come
  /// to hundreds of bytes, and whoever writes to the domain has all of them put in order.
  static constexpr std::size_t max_records = 32;

  enum class Status : std::uint8_t {
    found,
    none,    ///< there is no such name, or nothing of this type by it
    failed,  ///< nobody could say
  };
  Status status = Status::none;
  sip::Seconds ttl{0};
  std::vector<NaptrRecord> naptrs = {};
  std::vector<SrvRecord> srvs = {};
  std::vector<sip::IpAddress> addresses = {};
};

}  // namespace relay
