#include "transaction/transaction_layer.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "transaction/abridged_invite.h"
#include "transaction/transaction_key.h"

namespace sip {
namespace {

/// Every machine has these in common.
template <class... Machines>
bool has_ended(const std::variant<Machines...>& machine) {
  return std::visit([](const auto& m) { return m.state() == decltype(m.state())::terminated; }, machine);
}
template <class... Machines>
Deadline deadline_of(const std::variant<Machines...>& machine) {
  return std::visit([](const auto& m) { return m.deadline(); }, machine);
}

/// What ACK and CANCEL of a whole INVITE need of it; nothing where our own text can't be read back, and then
/// the INVITE goes without them.
std::string abridged(std::string_view invite) {
  const auto view = MessageView::parse(invite);
  return view ? abridged_invite(*view) : std::string();
}

/// 17.1.4, figures 5 and 6. What has its answer just goes on, but for a refused INVITE, whose ACK can't be
/// sent.
bool can_fail(const std::variant<NonInviteClient, InviteClient>& machine) {
  if (const auto* invite = std::get_if<InviteClient>(&machine))
    return invite->state() != InviteClient::State::accepted;
  return std::get<NonInviteClient>(machine).state() != NonInviteClient::State::completed;
}

}  // namespace

TransactionLayer::Received TransactionLayer::receive(Now now, const Peer& from, const MessageView& message,
                                                     const MandatoryHeaders& headers) {
  if (!message.is_request()) return receive_response(now, message, headers);
  if (message.method() == "ACK") return receive_ack(now, message, headers);
  return receive_request(now, from, message, headers);
}

TransactionLayer::Received TransactionLayer::receive_request(Now now, const Peer& from,
                                                             const MessageView& message,
                                                             const MandatoryHeaders& headers) {
  const auto [place, is_new] = server_keys_.try_emplace(server_key(message, headers), TransactionId::none);
  if (!is_new) {
    Server& server = servers_.at(place->second);
    const bool is_resent = std::visit(
        [](auto& machine) { return machine.on_request() == decltype(machine.on_request())::retransmit; },
        server.machine);
    if (is_resent) events_.emplace_back(Send{server.from, server.last_response});
    return {Kind::absorbed, place->second};
  }
  if (is_full()) {
    server_keys_.erase(place);
    return {Kind::overloaded};
  }
  const TransactionId id{++last_id_};
  place->second = id;
  variable_bytes_ += place->first.size();
  const Protocol protocol = from.endpoint.protocol;
  decltype(Server::machine) machine = NonInviteServer(now.mono, protocol, timers_);
  if (message.method() == "INVITE") machine = InviteServer(now.mono, protocol, timers_);
  deadlines_.set(id, deadline_of(machine));
  servers_.emplace(id, Server{machine, from, place, server_keys_.end()});
  if (message.method() == "CANCEL") return {Kind::cancel, id, meant_by_cancel(place->first)};
  return {Kind::new_request, id};
}

/// 9.2: the transaction that the request would belong to if its method were another than CANCEL or ACK.
TransactionId TransactionLayer::meant_by_cancel(std::string_view key) const {
  const std::string_view prefix = without_method(key);
  auto neighbour = server_keys_.lower_bound(std::string(prefix));
  for (; neighbour != server_keys_.end() && neighbour->first.starts_with(prefix); ++neighbour) {
    const std::string_view method = std::string_view(neighbour->first).substr(prefix.size());
    if (method != "CANCEL" && method != "ACK") return neighbour->second;
  }
  return TransactionId::none;
}

TransactionLayer::Received TransactionLayer::receive_ack(Now now, const MessageView& message,
                                                         const MandatoryHeaders& headers) {
  const auto known = server_keys_.find(server_key(message, headers));
  if (known == server_keys_.end()) return {Kind::ack};
  const TransactionId id = known->second;
  Server& server = servers_.at(id);
  auto* invite = std::get_if<InviteServer>(&server.machine);
  if (invite == nullptr) return {Kind::ack};
  if (invite->on_ack(now.mono) == InviteServer::Step::deliver) return {Kind::ack, id};
  // Nothing is sent again once confirmed.
  if (invite->state() != InviteServer::State::proceeding) keep(server.last_response, {});
  settle(id, server);
  return {Kind::absorbed, id};
}

TransactionLayer::Received TransactionLayer::receive_response(Now now, const MessageView& message,
                                                              const MandatoryHeaders& headers) {
  const auto known = client_keys_.find(client_key(headers.via.branch(), headers.cseq.method));
  if (known == client_keys_.end()) return {Kind::stray_response};
  const TransactionId id = known->second;
  Client& client = clients_.at(id);
  const bool is_delivered =
      std::visit([&](auto& machine) { return take(now, client, machine, message); }, client.machine);
  settle(id, client);
  return {is_delivered ? Kind::response : Kind::absorbed, id};
}

/// Says whether the user gets the response.
bool TransactionLayer::take(Now now, Client& client, NonInviteClient& machine, const MessageView& response) {
  const NonInviteClient::Step step = machine.on_response(now.mono, response.status());
  if (response.status() >= 200) keep(client.text, {});
  return step == NonInviteClient::Step::deliver;
}

bool TransactionLayer::take(Now now, Client& client, InviteClient& machine, const MessageView& response) {
  // 17.1.1.2: not sent again after the first response.
  if (machine.state() == InviteClient::State::calling && !is_reliable(client.to.endpoint.protocol))
    keep(client.text, abridged(client.text));
  const InviteClient::Step step = machine.on_response(now.mono, response.status());
  switch (step) {
    case InviteClient::Step::deliver:
      // RFC 6026 7.2: the user acknowledges a 2xx.
      if (response.status() >= 200) keep(client.text, {});
      return true;
    case InviteClient::Step::refused:
      if (const auto invite = MessageView::parse(client.text))
        keep(client.text, ack_of(*invite, response.value(HeaderName::to).value_or("")));
      [[fallthrough]];
    case InviteClient::Step::acknowledge:
      // 17.1.1.2: to where the INVITE went.
      if (!client.text.empty()) events_.emplace_back(Send{client.to, client.text});
      return step == InviteClient::Step::refused;
    case InviteClient::Step::none:
    case InviteClient::Step::retransmit:
    case InviteClient::Step::timed_out: return false;
  }
  return false;
}

TransactionId TransactionLayer::request(Now now, const Peer& to, std::string_view branch,
                                        std::string_view method, std::string text) {
  const TransactionId id{++last_id_};
  std::string key = client_key(branch, method);
  client_keys_.insert_or_assign(key, id);
  variable_bytes_ += 2 * key.size();
  const Protocol protocol = to.endpoint.protocol;
  const bool is_invite = method == "INVITE";
  decltype(Client::machine) machine = NonInviteClient(now.mono, protocol, timers_);
  if (is_invite) machine = InviteClient(now.mono, protocol, timers_);
  deadlines_.set(id, deadline_of(machine));
  Client& client = clients_.emplace(id, Client{machine, id, to, std::move(key)}).first->second;
  clients_by_peer_.add(client);
  if (!is_reliable(protocol)) {
    keep(client.text, text);
  } else if (is_invite) {
    keep(client.text, abridged(text));
  }
  events_.emplace_back(Send{to, std::move(text)});
  return id;
}

std::optional<TransactionId> TransactionLayer::cancel(Now now, TransactionId invite) {
  const auto found = clients_.find(invite);
  if (found == clients_.end()) return std::nullopt;
  const Client& client = found->second;
  const auto* machine = std::get_if<InviteClient>(&client.machine);
  if (machine == nullptr || machine->state() != InviteClient::State::proceeding) return std::nullopt;
  const auto view = MessageView::parse(client.text);
  const auto via = view ? Via::parse(view->value(HeaderName::via).value_or("")) : Result<Via>(Error{});
  if (!via) return std::nullopt;
  const Peer to = client.to;
  const std::string branch(via->branch());
  return request(now, to, branch, "CANCEL", cancel_of(*view));
}

void TransactionLayer::respond(Now now, TransactionId id, int status, std::string text) {
  const auto found = servers_.find(id);
  if (found == servers_.end()) return;
  Server& server = found->second;
  const bool is_sent = std::visit(
      [&](auto& machine) {
        return machine.on_response(now.mono, status) == std::decay_t<decltype(machine)>::Step::send;
      },
      server.machine);
  if (!is_sent) return;
  const auto* invite = std::get_if<InviteServer>(&server.machine);
  if (invite != nullptr && status >= 200) expect_ack(id, server, text);
  // RFC 6026 7.1: a 2xx to INVITE is sent again by the user alone.
  const bool is_accepted = invite != nullptr && invite->state() == InviteServer::State::accepted;
  // Nor is one over a reliable transport, where the transaction is over (17.2.2).
  const bool is_over = is_accepted || has_ended(server.machine);
  keep(server.last_response, is_over ? std::string() : text);
  events_.emplace_back(Send{server.from, std::move(text)});
  settle(id, server);
}

/// 17.2.3: without the magic cookie it is the tag of our response that the ACK is known by.
void TransactionLayer::expect_ack(TransactionId id, Server& server, std::string_view response) {
  if (server.ack_key != server_keys_.end()) return;
  const auto view = MessageView::parse(response);
  const auto to =
      view ? NameAddr::parse(view->value(HeaderName::to).value_or("")) : Result<NameAddr>(Error{});
  if (!to) return;
  auto key = ack_key(server.key->first, to->tag());
  if (!key) return;
  const auto [place, is_new] = server_keys_.emplace(std::move(*key), id);
  if (!is_new) return;
  variable_bytes_ += place->first.size();
  server.ack_key = place;
}

std::string TransactionLayer::to_tag(TransactionId id) const {
  const auto found = servers_.find(id);
  if (found == servers_.end()) return {};
  const auto response = MessageView::parse(found->second.last_response);
  if (!response) return {};
  const auto to = NameAddr::parse(response->value(HeaderName::to).value_or(""));
  return to ? std::string(to->tag()) : std::string();
}

bool TransactionLayer::is_quenched(TransactionId id) const {
  const auto found = servers_.find(id);
  if (found == servers_.end()) return false;
  const auto* invite = std::get_if<InviteServer>(&found->second.machine);
  return invite != nullptr && invite->has_responded();
}

std::optional<Peer> TransactionLayer::way_back(TransactionId id) const {
  const auto found = servers_.find(id);
  return found == servers_.end() ? std::nullopt : std::optional<Peer>(found->second.from);
}

void TransactionLayer::note(TransactionId id, JobId waits_for) {
  const auto found = servers_.find(id);
  if (found != servers_.end()) found->second.noted = waits_for;
}

JobId TransactionLayer::noted(TransactionId id) const {
  const auto found = servers_.find(id);
  return found == servers_.end() ? JobId::none : found->second.noted;
}

void TransactionLayer::abandon(TransactionId id) {
  if (servers_.contains(id)) erase_server(id);
  if (clients_.contains(id)) erase_client(id);
}

void TransactionLayer::flow_closed(FlowId flow) {
  fail_clients(TransportFailed::Cause::unreachable, flow, [&](const Peer& to) { return to.flow == flow; });
}

void TransactionLayer::disconnected(const Peer& address) {
  fail_clients(TransportFailed::Cause::unreachable, address.endpoint,
               [&](const Peer& to) { return to.endpoint == address.endpoint && to.name == address.name; });
}

void TransactionLayer::unreachable(const Peer& peer) {
  fail_clients(TransportFailed::Cause::unreachable, peer.endpoint,
               [&](const Peer& to) { return to == peer; });
}

void TransactionLayer::congested(const Peer& peer) {
  fail_clients(TransportFailed::Cause::congested, peer.endpoint, [&](const Peer& to) { return to == peer; });
}

/// The transaction's user is told, and the transaction ends.
template <class Place, class Matches>
void TransactionLayer::fail_clients(TransportFailed::Cause cause, const Place& place, Matches matches) {
  std::vector<TransactionId> failed;
  clients_by_peer_.visit(place, [&](const Client& client) {
    if (can_fail(client.machine) && matches(client.to)) failed.push_back(client.id);
  });
  std::sort(failed.begin(), failed.end());
  for (const TransactionId id : failed) {
    erase_client(id);
    events_.emplace_back(TransportFailed{id, cause});
  }
}

void TransactionLayer::advance(Now now) {
  while (const auto id = deadlines_.pop_due(now.mono)) {
    if (const auto client = clients_.find(*id); client != clients_.end()) {
      client_due(now, *id, client->second);
    } else if (const auto server = servers_.find(*id); server != servers_.end()) {
      server_due(now, *id, server->second);
    }
  }
}

void TransactionLayer::client_due(Now now, TransactionId id, Client& client) {
  std::visit(
      [&](auto& machine) {
        using Step = typename std::decay_t<decltype(machine)>::Step;
        const Step step = machine.on_deadline(now.mono);
        if (step == Step::timed_out) events_.emplace_back(TimedOut{id});
        if (step == Step::retransmit) events_.emplace_back(Send{client.to, client.text});
      },
      client.machine);
  settle(id, client);
}

void TransactionLayer::server_due(Now now, TransactionId id, Server& server) {
  if (auto* invite = std::get_if<InviteServer>(&server.machine)) {
    switch (invite->on_deadline(now.mono)) {
      case InviteServer::Step::retransmit:
        events_.emplace_back(Send{server.from, server.last_response});
        break;
      case InviteServer::Step::trying_due: events_.emplace_back(TryingDue{id, server.noted}); break;
      case InviteServer::Step::unacknowledged: events_.emplace_back(Unacknowledged{id}); break;
      case InviteServer::Step::none:
      case InviteServer::Step::send:
      case InviteServer::Step::deliver: break;
    }
  } else if (std::get<NonInviteServer>(server.machine).on_deadline(now.mono) ==
             NonInviteServer::Step::trying_due) {
    events_.emplace_back(TryingDue{id, server.noted});
  }
  settle(id, server);
}

std::optional<TransactionLayer::Event> TransactionLayer::poll() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void TransactionLayer::settle(TransactionId id, const Client& client) {
  if (has_ended(client.machine)) {
    erase_client(id);
  } else {
    deadlines_.set(id, deadline_of(client.machine));
  }
}

void TransactionLayer::settle(TransactionId id, const Server& server) {
  if (has_ended(server.machine)) {
    erase_server(id);
  } else {
    deadlines_.set(id, deadline_of(server.machine));
  }
}

void TransactionLayer::erase_client(TransactionId id) {
  const auto found = clients_.find(id);
  Client& client = found->second;
  variable_bytes_ -= 2 * client.key.size() + client.text.size();
  clients_by_peer_.remove(client);
  if (const auto key = client_keys_.find(client.key); key != client_keys_.end() && key->second == id)
    client_keys_.erase(key);
  clients_.erase(found);
  deadlines_.set(id, std::nullopt);
}

void TransactionLayer::erase_server(TransactionId id) {
  const auto found = servers_.find(id);
  const Server& server = found->second;
  variable_bytes_ -= server.key->first.size() + server.last_response.size();
  server_keys_.erase(server.key);
  if (server.ack_key != server_keys_.end()) {
    variable_bytes_ -= server.ack_key->first.size();
    server_keys_.erase(server.ack_key);
  }
  servers_.erase(found);
  deadlines_.set(id, std::nullopt);
}

void TransactionLayer::keep(std::string& place, std::string text) {
  variable_bytes_ += text.size();
  variable_bytes_ -= place.size();
  place = std::move(text);
}

}  // namespace sip
