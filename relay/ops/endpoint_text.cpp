#include "ops/endpoint_text.h"

#include "base/ascii.h"

namespace relay {

std::string to_text(const sip::Endpoint& endpoint) {
  return sip::lower_case(sip::via_transport(endpoint.protocol)) + " " + endpoint.address.host() + ":" +
         std::to_string(endpoint.port);
}

}  // namespace relay
