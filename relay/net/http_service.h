#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>

#include "net/listener.h"
#include "net/shared_budget.h"
#include "ops/http.h"
#include "transport/endpoint.h"

namespace relay {

/// HTTP for the operator's programs, in the clear, at one address of its own: each request goes to a handler,
/// on the thread of the context.
class HttpService {
 public:
  /// Of one service: more programs than look after one relay, whose users take none of these.
  static constexpr std::size_t max_connections = 64;

  /// The budget must outlive the context. `turned_away` is called for each connection that finds no room in
  /// it.
  HttpService(boost::asio::io_context& context, SharedBudget& budget, HttpHandler handler,
              std::function<void()> turned_away);

  boost::system::error_code bind(const sip::Endpoint& endpoint) { return listener_->bind(endpoint); }
  /// With the port that was really taken.
  sip::Endpoint local() const { return listener_->local(); }
  void start() { listener_->start(); }
  void close() { listener_->close(); }

 private:
  std::shared_ptr<Listener> listener_;
};

}  // namespace relay
