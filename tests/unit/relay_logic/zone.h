#pragma once

#include <map>
#include <string>
#include <vector>

#include "logic/dns.h"

namespace relay::test {

/// What the DNS knows, in a test; each record holds for a minute.
class Zone {
 public:
  Zone& naptr(const std::string& name, NaptrRecord record) {
    answers_[{DnsType::naptr, name}].naptrs.push_back(std::move(record));
    return *this;
  }
  Zone& srv(const std::string& name, SrvRecord record) {
    answers_[{DnsType::srv, name}].srvs.push_back(std::move(record));
    return *this;
  }
  Zone& address(const std::string& name, const std::string& text) {
    const auto address = *sip::IpAddress::parse(text);
    answers_[{address.is_v4() ? DnsType::a : DnsType::aaaa, name}].addresses.push_back(address);
    return *this;
  }
  Zone& fails(DnsType type, const std::string& name) {
    answers_[{type, name}].status = DnsAnswer::Status::failed;
    return *this;
  }
  /// Notes the question, as "srv _sip._udp.example.net".
  DnsAnswer ask(const DnsQuestion& question) {
    static constexpr const char* types[] = {"naptr", "srv", "a", "aaaa"};
    asked.push_back(std::string(types[static_cast<std::size_t>(question.type)]) + " " + question.name);
    const auto found = answers_.find(question);
    if (found == answers_.end()) return {.status = DnsAnswer::Status::none, .ttl = sip::Seconds(60)};
    DnsAnswer answer = found->second;
    if (answer.status == DnsAnswer::Status::none) answer.status = DnsAnswer::Status::found;
    answer.ttl = sip::Seconds(60);
    return answer;
  }
  std::vector<std::string> asked;

 private:
  std::map<DnsQuestion, DnsAnswer> answers_;
};

}  // namespace relay::test
