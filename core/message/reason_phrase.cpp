#include <array>

#include "message/message.h"

namespace sip {

std::string_view reason_phrase(int status) {
  struct Entry {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array entries{
      Entry{100, "Trying"},
      Entry{180, "Ringing"},
      Entry{200, "OK"},
      Entry{202, "Accepted"},
      Entry{300, "Multiple Choices"},
      Entry{301, "Moved Permanently"},
      Entry{302, "Moved Temporarily"},
      Entry{305, "Use Proxy"},
      Entry{400, "Bad Request"},
      Entry{401, "Unauthorized"},
      Entry{403, "Forbidden"},
      Entry{404, "Not Found"},
      Entry{405, "Method Not Allowed"},
      Entry{406, "Not Acceptable"},
      Entry{407, "Proxy Authentication Required"},
      Entry{408, "Request Timeout"},
      Entry{410, "Gone"},
      Entry{413, "Request Entity Too Large"},
      Entry{414, "Request-URI Too Long"},
      Entry{415, "Unsupported Media Type"},
      Entry{416, "Unsupported URI Scheme"},
      Entry{420, "Bad Extension"},
      Entry{421, "Extension Required"},
      Entry{423, "Interval Too Brief"},
      Entry{430, "Flow Failed"},
      Entry{439, "First Hop Lacks Outbound Support"},
      Entry{440, "Max-Breadth Exceeded"},
      Entry{480, "Temporarily Unavailable"},
      Entry{481, "Call/Transaction Does Not Exist"},
      Entry{482, "Loop Detected"},
      Entry{483, "Too Many Hops"},
      Entry{484, "Address Incomplete"},
      Entry{485, "Ambiguous"},
      Entry{486, "Busy Here"},
      Entry{488, "Not Acceptable Here"},
      Entry{493, "Undecipherable"},
      Entry{500, "Server Internal Error"},
      Entry{501, "Not Implemented"},
      Entry{502, "Bad Gateway"},
      Entry{503, "Service Unavailable"},
      Entry{504, "Server Time-out"},
      Entry{505, "Version Not Supported"},
      Entry{513, "Message Too Large"},
      Entry{600, "Busy Everywhere"},
      Entry{603, "Decline"},
      Entry{604, "Does Not Exist Anywhere"},
      Entry{606, "Not Acceptable"},
  };
  for (const Entry& entry : entries)
    if (entry.status == status) return entry.phrase;
  return "Unknown";
}

}  // namespace sip
