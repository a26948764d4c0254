#include "net/resolver.h"

#include <arpa/nameser.h>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "logic/dns_ttl.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// For one question. Some are asked one after the other while a request waits, whose transaction lives 32 s.
constexpr std::chrono::seconds question_limit{5};
/// For one server to answer at first; c-ares doubles it with each round.
constexpr int try_limit_ms = 1500;
constexpr int tries = 2;
/// What fits the path of every network (DNS flag day 2020); larger answers come over TCP.
constexpr int datagram_size = 1232;
/// Where a response that there is nothing does not say how long that holds.
constexpr sip::Seconds usual_negative_ttl{30};

int type_number(DnsType type) {
  switch (type) {
    case DnsType::naptr: return ns_t_naptr;
    case DnsType::srv: return ns_t_srv;
    case DnsType::a: return ns_t_a;
    case DnsType::aaaa: return ns_t_aaaa;
  }
  return ns_t_any;
}

std::string text_of(const unsigned char* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

using Response = std::span<const unsigned char>;

template <class Reply>
using Parse = int (*)(const unsigned char*, int, Reply**);

/// Calls `take` for each record of a reply of c-ares, and gives its status.
template <class Reply, class Take>
int for_each_record(Parse<Reply> parse, Response response, Take take) {
  Reply* first = nullptr;
  const int status = parse(response.data(), static_cast<int>(response.size()), &first);
  for (const Reply* record = first; record != nullptr; record = record->next) take(*record);
  if (first != nullptr) ares_free_data(first);
  return status;
}

int read_naptrs(Response response, DnsAnswer& answer) {
  return for_each_record<ares_naptr_reply>(
      &ares_parse_naptr_reply, response, [&](const ares_naptr_reply& record) {
        answer.naptrs.push_back({record.order, record.preference, text_of(record.flags),
                                 text_of(record.service), text_of(record.regexp), record.replacement});
      });
}

int read_srvs(Response response, DnsAnswer& answer) {
  return for_each_record<ares_srv_reply>(&ares_parse_srv_reply, response, [&](const ares_srv_reply& record) {
    answer.srvs.push_back({record.priority, record.weight, record.port, record.host});
  });
}

/// More addresses than these nobody tries.
constexpr int max_addresses = 16;

int read_v4(Response response, DnsAnswer& answer) {
  std::array<ares_addrttl, max_addresses> found{};
  int count = max_addresses;
  const int status =
      ares_parse_a_reply(response.data(), static_cast<int>(response.size()), nullptr, found.data(), &count);
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
    std::array<std::uint8_t, 16> bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const auto from = std::as_bytes(std::span(&found[static_cast<std::size_t>(i)].ipaddr, 1));
    for (std::size_t at = 0; at < 4; ++at) bytes[12 + at] = std::to_integer<std::uint8_t>(from[at]);
    answer.addresses.emplace_back(bytes);
  }
  return status;
}

int read_v6(Response response, DnsAnswer& answer) {
  std::array<ares_addr6ttl, max_addresses> found{};
  int count = max_addresses;
  const int status = ares_parse_aaaa_reply(response.data(), static_cast<int>(response.size()), nullptr,
                                           found.data(), &count);
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i)
    answer.addresses.emplace_back(std::to_array(found[static_cast<std::size_t>(i)].ip6addr._S6_un._S6_u8));
  return status;
}

int read_records(DnsType type, Response response, DnsAnswer& answer) {
  switch (type) {
    case DnsType::naptr: return read_naptrs(response, answer);
    case DnsType::srv: return read_srvs(response, answer);
    case DnsType::a: return read_v4(response, answer);
    case DnsType::aaaa: return read_v6(response, answer);
  }
  return ARES_EBADQUERY;
}

DnsAnswer read_answer(DnsType type, int status, Response response) {
  DnsAnswer answer;
  if (status == ARES_SUCCESS) status = read_records(type, response, answer);
  switch (status) {
    case ARES_SUCCESS: answer.status = DnsAnswer::Status::found; break;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: answer.status = DnsAnswer::Status::none; break;
    default: answer.status = DnsAnswer::Status::failed;
  }
  const bool is_found = answer.status == DnsAnswer::Status::found;
  answer.ttl = ttl_of(response).value_or(is_found ? sip::Seconds(0) : usual_negative_ttl);
  return answer;
}

}  // namespace

/// What c-ares gives back with an answer, which may come when nobody waits for it any more.
struct Resolver::Asked {
  Resolver* resolver;
  std::uint64_t number;
  DnsQuestion question;
};

Resolver::~Resolver() {
  questions_.clear();
  if (channel_ != nullptr) ares_destroy(channel_);
}

void Resolver::close() {
  questions_.clear();
  timer_.cancel();
  if (channel_ != nullptr) ares_destroy(std::exchange(channel_, nullptr));
}

std::optional<std::string> Resolver::open(const std::optional<sip::Endpoint>& server) {
  ares_options options{};
  options.flags = ARES_FLAG_EDNS;
  options.ednspsz = datagram_size;
  options.timeout = try_limit_ms;
  options.tries = tries;
  options.sock_state_cb = &Resolver::on_socket_state;
  options.sock_state_cb_data = this;
  const int masks =
      ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &options, masks);
  if (status == ARES_SUCCESS && server) {
    const std::string text = server->address.host() + ":" + std::to_string(server->port);
    status = ares_set_servers_ports_csv(channel_, text.c_str());
  }
  if (status == ARES_SUCCESS) return std::nullopt;
  return std::string("cannot ask the DNS: ") + ares_strerror(status);
}

void Resolver::ask(const DnsQuestion& question, Reply reply) {
  const std::uint64_t number = ++last_question_;
  auto limit = std::make_unique<asio::steady_timer>(context_, question_limit);
  limit->async_wait([this, number](error_code error) {
    if (!error) this->reply(number, {.status = DnsAnswer::Status::failed});
  });
  questions_.emplace(number, Question{std::move(reply), std::move(limit)});
  auto asked = std::make_unique<Asked>(Asked{this, number, question});
  // c-ares owns it until on_answer(), which comes in any case.
  ares_query(channel_, question.name.c_str(), ns_c_in, type_number(question.type), &Resolver::on_answer,
             asked.release());
  set_timer();
}

void Resolver::on_answer(void* data, int status, int, unsigned char* bytes, int size) {
  const std::unique_ptr<Asked> asked(static_cast<Asked*>(data));
  const Response response(bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(size));
  DnsAnswer answer = read_answer(asked->question.type, status, response);
  if (answer.status == DnsAnswer::Status::failed && status != ARES_EDESTRUCTION)
    spdlog::info("the DNS does not answer for {}: {}", asked->question.name, ares_strerror(status));
  asked->resolver->reply(asked->number, std::move(answer));
}

void Resolver::reply(std::uint64_t number, DnsAnswer answer) {
  const auto question = questions_.extract(number);
  if (!question.empty()) question.mapped().reply(std::move(answer));
}

void Resolver::on_socket_state(void* self, ares_socket_t descriptor, int is_read, int is_written) {
  auto& resolver = *static_cast<Resolver*>(self);
  const auto known = resolver.sockets_.find(descriptor);
  if (is_read == 0 && is_written == 0) {
    if (known == resolver.sockets_.end()) return;
    known->second->descriptor.release();
    resolver.sockets_.erase(known);
    return;
  }
  if (known == resolver.sockets_.end()) {
    auto socket =
        std::make_shared<Socket>(Socket{asio::posix::stream_descriptor(resolver.context_, descriptor)});
    resolver.sockets_.emplace(descriptor, std::move(socket));
  }
  const auto socket = resolver.sockets_.at(descriptor);
  socket->is_read_awaited = is_read != 0;
  socket->is_written_awaited = is_written != 0;
  resolver.await(descriptor, socket);
}

/// Waits for what is wanted of the socket and not yet waited for.
void Resolver::await(ares_socket_t descriptor, const std::shared_ptr<Socket>& socket) {
  using Wait = asio::posix::stream_descriptor::wait_type;
  const auto begin = [&](Wait wait, bool Socket::*is_awaited, bool Socket::*is_waiting) {
    if (!((*socket).*is_awaited) || (*socket).*is_waiting) return;
    (*socket).*is_waiting = true;
    socket->descriptor.async_wait(wait, [this, descriptor, socket, wait, is_waiting](error_code error) {
      (*socket).*is_waiting = false;
      // Released: the number may be another socket's by now.
      if (error || !socket->descriptor.is_open()) return;
      const bool is_read = wait == Wait::wait_read;
      process(is_read ? descriptor : ARES_SOCKET_BAD, is_read ? ARES_SOCKET_BAD : descriptor);
      if (socket->descriptor.is_open()) await(descriptor, socket);
    });
  };
  begin(Wait::wait_read, &Socket::is_read_awaited, &Socket::is_reading);
  begin(Wait::wait_write, &Socket::is_written_awaited, &Socket::is_writing);
}

void Resolver::process(ares_socket_t readable, ares_socket_t writable) {
  if (channel_ == nullptr) return;
  ares_process_fd(channel_, readable, writable);
  set_timer();
}

/// For c-ares to ask again, or another server.
void Resolver::set_timer() {
  timeval limit{};
  if (channel_ == nullptr || ares_timeout(channel_, nullptr, &limit) == nullptr) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::seconds(limit.tv_sec) + std::chrono::microseconds(limit.tv_usec));
  timer_.async_wait([this](error_code error) {
    if (!error) process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

}  // namespace relay
