#include "im/target_set.h"

#include <catch2/catch.hpp>

namespace target_set_test {

using namespace sip;

namespace {

using Targets = std::vector<std::string>;

/// In the order in which they are turned to, the first one included.
Targets all_of(TargetSet set) {
  Targets targets{set.current()};
  while (set.turn_to_next()) targets.push_back(set.current());
  return targets;
}

Targets targets(const std::string& status, const std::string& fields,
                const std::string& target = "sip:bob@example.org") {
  const std::string text = "SIP/2.0 " + status + "\r\n" + fields + "\r\n";
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  return targets_of(*view, target);
}

}  // namespace

TEST_CASE("the Contacts of a redirection are targets, the most preferred first") {
  // RFC 3261 8.1.3.4, 20.10.
  CHECK(targets("302 Moved Temporarily",
                "Contact: <sip:a@x>;q=0.2, <sip:b@x>\r\nm: <sip:c@x>;q=0.7, <sip:d@x>;q=0.2\r\n") ==
        Targets{"sip:b@x", "sip:c@x", "sip:a@x", "sip:d@x"});
}

TEST_CASE("every 3xx redirects, but for those that name no place of the person") {
  for (const char* status :
       {"300 Multiple Choices", "301 Moved Permanently", "302 Moved Temporarily", "399 X"})
    CHECK(targets(status, "Contact: <sip:a@x>\r\n") == Targets{"sip:a@x"});
  for (const char* status : {"305 Use Proxy", "380 Alternative Service", "200 OK", "404 Not Found"})
    CHECK(targets(status, "Contact: <sip:a@x>\r\n").empty());
}

TEST_CASE("a target is the whole URI without headers, and none is of another method or scheme") {
  CHECK(targets("302 X",
                "Contact: <sip:a@x:5070;transport=tcp;foo=bar?Subject=x&Route=%3Csip:evil%3E>\r\n"
                "Contact: <sip:b@x;method=INVITE>, <sip:c@x;method=MESSAGE;lr>\r\n"
                "Contact: <tel:+123>, <mailto:a@x>, <https://x/>, *, <sip:>, no uri\r\n") ==
        Targets{"sip:a@x:5070;transport=tcp;foo=bar", "sip:c@x;lr"});
}

TEST_CASE("a SIPS URI is left for another one only") {
  CHECK(targets("302 X", "Contact: <sip:a@x>, <SIPS:b@x>\r\n", "sips:bob@example.org") ==
        Targets{"SIPS:b@x"});
  CHECK(targets("302 X", "Contact: <sips:b@x>\r\n") == Targets{"sips:b@x"});
}

TEST_CASE("416 to an im URI leads to what it is in SIP, and to any other URI nowhere") {
  // RFC 3261 8.1.3.5.
  CHECK(targets("416 Unsupported URI Scheme", "", "im:bob@example.net") == Targets{"sip:bob@example.net"});
  CHECK(targets("416 Unsupported URI Scheme", "", "sip:bob@example.net").empty());
}

TEST_CASE("targets are tried in their order, those of a later redirection before the ones that are left") {
  TargetSet set("sip:a@x");
  set.add({"sip:b@x", "sip:c@x"});
  REQUIRE(set.turn_to_next());
  set.add({"sip:d@x"});
  CHECK(all_of(set) == Targets{"sip:b@x", "sip:d@x", "sip:c@x"});
}

TEST_CASE("no URI is a target twice, however it is spelled") {
  TargetSet set("sip:a@x.example");
  set.add({"sip:%61@X.example", "sip:b@x", "sip:b@x", "sip:a@x.example;transport=tcp"});
  set.turn_to_next();
  set.add({"sip:a@x.example", "sip:b@x"});
  CHECK(all_of(set) == Targets{"sip:b@x", "sip:a@x.example;transport=tcp"});
}

TEST_CASE("a set has so many targets at most, and begins anew with the first") {
  TargetSet set("sip:0@x");
  for (int i = 1; i < 20; ++i) set.add({"sip:" + std::to_string(i) + "@x"});
  const Targets all = all_of(set);
  CHECK(all.size() == TargetSet::max_targets);
  set.turn_to_next();
  set.reset();
  CHECK(all_of(set) == Targets{"sip:0@x"});
}

}  // namespace target_set_test
