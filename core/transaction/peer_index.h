#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "transport/endpoint.h"

namespace sip {

/// Finds those of many clients whose requests went by one flow, or to one address, without a look at all the
/// others. It takes no memory for each: a Client has `to` and `places`, and stays where it is until removed.
template <class Client>
class PeerIndex {
 public:
  /// Among the clients of one bucket.
  struct Place {
    Client* next = nullptr;
    Client** before = nullptr;  ///< what points here
  };
  struct Places {
    Place by_flow;
    Place by_address;
  };

  void add(Client& client) {
    insert(by_flow_[bucket_of(client.to.flow)], client, &Places::by_flow);
    insert(by_address_[bucket_of(client.to.endpoint)], client, &Places::by_address);
  }
  void remove(Client& client) {
    take_out(client, &Places::by_flow);
    take_out(client, &Places::by_address);
  }
  /// Shows every client of that flow or endpoint, and few others.
  template <class See>
  void visit(FlowId flow, See see) const {
    for (auto* each = by_flow_[bucket_of(flow)]; each; each = each->places.by_flow.next) see(*each);
  }
  template <class See>
  void visit(const Endpoint& endpoint, See see) const {
    for (auto* each = by_address_[bucket_of(endpoint)]; each; each = each->places.by_address.next) see(*each);
  }

 private:
  static constexpr std::size_t buckets = 1024;  // 2^10

  static std::size_t bucket_of(FlowId flow) {
    return static_cast<std::size_t>(static_cast<std::uint64_t>(flow) % buckets);
  }
  static std::size_t bucket_of(const Endpoint& endpoint) {
    std::uint64_t halves[2];
    std::memcpy(halves, endpoint.address.bytes().data(), sizeof halves);
    const std::uint64_t mixed = ((halves[0] * 31 + halves[1]) * 31 + endpoint.port) * 0x9E3779B97F4A7C15U;
    // The upper bits of a product depend on all of its factors.
    return static_cast<std::size_t>(mixed >> 54);
  }

  static void insert(Client*& first, Client& client, Place Places::*kind) {
    Place& place = client.places.*kind;
    place = {first, &first};
    if (first) (first->places.*kind).before = &place.next;
    first = &client;
  }
  static void take_out(Client& client, Place Places::*kind) {
    const Place& place = client.places.*kind;
    *place.before = place.next;
    if (place.next) (place.next->places.*kind).before = place.before;
  }

  std::vector<Client*> by_flow_ = std::vector<Client*>(buckets);
  std::vector<Client*> by_address_ = std::vector<Client*>(buckets);
};

}  // namespace sip
