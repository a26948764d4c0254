#include "transaction/transaction_layer.h"

#include <algorithm>
#include <vector>

#include "transaction/transaction_key.h"

namespace sip {

TransactionLayer::Received TransactionLayer::receive(Now now, const Peer& from, const MessageView& message,
                                                     const MandatoryHeaders& headers) {
  return message.is_request() ? receive_request(now, from, message, headers)
                              : receive_response(now, message, headers);
}

TransactionLayer::Received TransactionLayer::receive_request(Now now, const Peer& from,
                                                             const MessageView& message,
                                                             const MandatoryHeaders& headers) {
  std::string key = server_key(message, headers);
  if (const auto known = server_keys_.find(key); known != server_keys_.end()) {
    Server& server = servers_.at(known->second);
    if (server.machine.on_request() == NonInviteServer::Step::retransmit)
      events_.emplace_back(Send{server.from, server.last_response});
    return {Kind::absorbed, known->second};
  }
  if (size() >= max_transactions_) return {Kind::overloaded};
  const TransactionId id{++last_id_};
  server_keys_.emplace(key, id);
  const auto [entry, inserted] = servers_.emplace(
      id, Server{NonInviteServer(now.mono, from.endpoint.protocol, timers_), from, std::move(key), {}});
  deadlines_.set(id, entry->second.machine.deadline());
  return {Kind::new_request, id};
}

TransactionLayer::Received TransactionLayer::receive_response(Now now, const MessageView& message,
                                                              const MandatoryHeaders& headers) {
  const auto known = client_keys_.find(client_key(headers.via.branch(), headers.cseq.method));
  if (known == client_keys_.end()) return {Kind::stray_response};
  const TransactionId id = known->second;
  Client& client = clients_.at(id);
  const NonInviteClient::Step step = client.machine.on_response(now.mono, message.status());
  if (message.status() >= 200) client.text = {};
  advance_client(id, client);
  return {step == NonInviteClient::Step::deliver ? Kind::response : Kind::absorbed, id};
}

TransactionId TransactionLayer::request(Now now, const Peer& to, std::string_view branch,
                                        std::string_view method, std::string text) {
  const TransactionId id{++last_id_};
  std::string key = client_key(branch, method);
  client_keys_.insert_or_assign(key, id);
  const Protocol protocol = to.endpoint.protocol;
  const auto [entry, inserted] =
      clients_.emplace(id, Client{NonInviteClient(now.mono, protocol, timers_), to, std::move(key), {}});
  if (!is_reliable(protocol)) entry->second.text = text;
  deadlines_.set(id, entry->second.machine.deadline());
  events_.emplace_back(Send{to, std::move(text)});
  return id;
}

void TransactionLayer::respond(Now now, TransactionId id, int status, std::string text) {
  const auto found = servers_.find(id);
  if (found == servers_.end()) return;
  Server& server = found->second;
  if (server.machine.on_response(now.mono, status) != NonInviteServer::Step::send) return;
  if (server.machine.state() == NonInviteServer::State::terminated) {
    events_.emplace_back(Send{server.from, std::move(text)});
    erase_server(id);
    return;
  }
  server.last_response = text;
  events_.emplace_back(Send{server.from, std::move(text)});
  deadlines_.set(id, server.machine.deadline());
}

void TransactionLayer::abandon(TransactionId id) {
  if (const auto found = servers_.find(id); found != servers_.end()) erase_server(id);
  if (clients_.contains(id)) erase_client(id);
}

void TransactionLayer::flow_closed(FlowId flow) {
  fail_clients([&](const Peer& to) { return to.flow == flow && is_reliable(to.endpoint.protocol); });
}

void TransactionLayer::unreachable(const Peer& peer) {
  fail_clients([&](const Peer& to) { return to == peer; });
}

/// 17.1.4: the transaction's user is told, and the transaction ends. One that has its answer just goes on.
template <class Matches>
void TransactionLayer::fail_clients(Matches matches) {
  std::vector<TransactionId> failed;
  for (const auto& [id, client] : clients_)
    if (client.machine.state() != NonInviteClient::State::completed && matches(client.to))
      failed.push_back(id);
  std::sort(failed.begin(), failed.end());
  for (const TransactionId id : failed) {
    erase_client(id);
    events_.emplace_back(TransportFailed{id});
  }
}

void TransactionLayer::advance(Now now) {
  while (const auto id = deadlines_.pop_due(now.mono)) {
    if (const auto client = clients_.find(*id); client != clients_.end()) {
      const NonInviteClient::Step step = client->second.machine.on_deadline(now.mono);
      if (step == NonInviteClient::Step::timed_out) events_.emplace_back(TimedOut{*id});
      if (step == NonInviteClient::Step::retransmit)
        events_.emplace_back(Send{client->second.to, client->second.text});
      advance_client(*id, client->second);
    } else if (const auto server = servers_.find(*id); server != servers_.end()) {
      const NonInviteServer::Step step = server->second.machine.on_deadline(now.mono);
      if (step == NonInviteServer::Step::trying_due) events_.emplace_back(TryingDue{*id});
      advance_server(*id, server->second);
    }
  }
}

std::optional<TransactionLayer::Event> TransactionLayer::poll() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void TransactionLayer::advance_client(TransactionId id, const Client& client) {
  if (client.machine.state() == NonInviteClient::State::terminated) {
    erase_client(id);
  } else {
    deadlines_.set(id, client.machine.deadline());
  }
}

void TransactionLayer::advance_server(TransactionId id, const Server& server) {
  if (server.machine.state() == NonInviteServer::State::terminated) {
    erase_server(id);
  } else {
    deadlines_.set(id, server.machine.deadline());
  }
}

void TransactionLayer::erase_client(TransactionId id) {
  const auto found = clients_.find(id);
  if (const auto key = client_keys_.find(found->second.key); key != client_keys_.end() && key->second == id)
    client_keys_.erase(key);
  clients_.erase(found);
  deadlines_.set(id, std::nullopt);
}

void TransactionLayer::erase_server(TransactionId id) {
  const auto found = servers_.find(id);
  server_keys_.erase(found->second.key);
  servers_.erase(found);
  deadlines_.set(id, std::nullopt);
}

}  // namespace sip
