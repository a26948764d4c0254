#pragma once

#include <functional>
#include <string>

namespace relay {

/// What an operator's program asks for.
struct HttpRequest {
  std::string method;
  std::string target;  ///< with the query, as it came
  std::string host;    ///< Host, Origin, Authorization, Content-Type: empty where it has none
  std::string origin;
  std::string authorization;
  std::string content_type;
  std::string body;
};

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// To be called once, from any thread. An answer that comes too late is thrown away.
using HttpReply = std::function<void(HttpAnswer)>;
using HttpHandler = std::function<void(const HttpRequest&, HttpReply)>;

}  // namespace relay
