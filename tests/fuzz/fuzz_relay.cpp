#include <deque>
#include <sstream>
#include <string>
#include <vector>

#include "auth/digest_client.h"
#include "logic/relay.h"
#include "message/message.h"
#include "message_shelf.h"
#include "script.h"

using namespace sip;

namespace {

/// A relay with the user alice (password "secret"), whose stores answer when the script says so.
class World {
 public:
  explicit World(bool authenticate) : relay_(settings(authenticate), seed_from(1)) {
    relay_.flow_opened(now_, peer(0));
  }

  void play(const Script::Event& event) {
    switch (event.name) {
      case 'o': relay_.flow_opened(now_, peer(event.number)); break;
      case 'r': relay_.receive(now_, peer(event.number), event.text); break;
      case 'b': relay_.receive_unframed(now_, peer(event.number), event.text); break;
      case 'c': relay_.flow_closed(now_, peer(event.number).flow); break;
      case 'u': relay_.unreachable(now_, peer(event.number)); break;
      case 'f': answer_all(); break;
      case 's': sign_in(event.number); break;
      case 'd': answer_from_disk(event.number, {}); break;
      case 'g': answer_from_disk(0, event.text); break;
      case 'l': answer_lookup(event); break;
      case 'p': answer_request(static_cast<int>(event.number)); break;
      case 'm': ask_in_dialog(event.text); break;
      case 'e': register_upstream(event); break;
      case 'v': ask_by_path(event); break;
      default: pass(Milliseconds(static_cast<std::int64_t>(event.number)));
    }
    drain();
  }

 private:
  static relay::Settings settings(bool authenticate) {
    relay::Settings settings;
    settings.domain = "example.org";
    settings.authenticate = authenticate;
    settings.keeps_messages_for = Seconds(86'400);
    settings.keeps_messages_of = relay::Settings::KeepsMessagesOf::everyone;
    settings.upstreams = {{"example.net", "sip:198.51.100.7:1"}};
    settings.listeners = {{Protocol::udp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::tcp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::ws, *IpAddress::parse("192.0.2.1"), 80}};
    return settings;
  }

  void pass(Milliseconds time) {
    now_.mono += time;
    now_.wall += time;
    relay_.advance(now_);
  }

  /// 0 is a UDP peer, even numbers are TCP, odd ones WebSocket connections.
  static Peer peer(std::uint64_t number) {
    const Protocol protocol = number == 0 ? Protocol::udp : number % 2 == 0 ? Protocol::tcp : Protocol::ws;
    return {FlowId{number + 1},
            {protocol, *IpAddress::parse("198.51.100.7"), static_cast<std::uint16_t>(number + 1)}};
  }

  void drain() {
    while (auto output = relay_.poll()) {
      if (const auto* question = std::get_if<relay::Relay::FindUser>(&*output)) {
        questions_.push_back(*question);
      } else if (auto* sent = std::get_if<relay::Relay::SendTo>(&*output)) {
        const auto view = MessageView::parse(sent->bytes);
        if (view && view->is_request()) last_request_ = *sent;
        last_sent_ = std::move(sent->bytes);
      } else if (const auto* lookup = std::get_if<relay::Relay::LookUp>(&*output)) {
        lookups_.push_back(*lookup);
      } else if (!std::holds_alternative<relay::Relay::Hangup>(*output) &&
                 !std::holds_alternative<relay::Relay::Reuse>(*output) &&
                 !std::holds_alternative<relay::Relay::Progress>(*output)) {
        asked_of_disk_.push_back(*std::move(output));
      }
    }
  }

  /// alice registers from that peer, with all that belongs to it.
  void sign_in(std::uint64_t number) {
    relay_.receive(now_, peer(number), registration(number, {}));
    drain();
    const auto challenge = MessageView::parse(last_sent_);
    DigestClient client({"alice", "secret"}, Random(seed_from(2)));
    if (!challenge || client.challenged(*challenge, {}) != DigestClient::Verdict::retry) return;
    const auto signature = client.sign({.method = "REGISTER", .uri = "sip:example.org", .body = {}});
    relay_.receive(now_, peer(number), registration(number, signature.fields[0].value));
    drain();
    answer_all();
  }

  std::string registration(std::uint64_t number, const std::string& authorization) {
    Message message = Message::request("REGISTER", "sip:example.org");
    message.add(HeaderName::via, "SIP/2.0/WS k.invalid;rport;branch=z9hG4bK" + std::to_string(++last_cseq_))
        .add(HeaderName::from, "<sip:alice@example.org>;tag=f")
        .add(HeaderName::to, "<sip:alice@example.org>")
        .add(HeaderName::call_id, "registration")
        .add(HeaderName::cseq, std::to_string(last_cseq_) + " REGISTER")
        .add(HeaderName::contact, "<sip:alice@198.51.100.7:" + std::to_string(number + 1) + ";transport=ws>");
    if (!authorization.empty()) message.add(HeaderName::authorization, authorization);
    return message.finish();
  }

  /// Whoever got the last request answers it as a device does, with its Record-Route.
  void answer_request(int status) {
    if (status < 100 || status > 699 || last_request_.bytes.empty()) return;
    const auto request = MessageView::parse(last_request_.bytes);
    Message response = Message::response_to(*request, status, "device");
    if (const auto routes = request->value(HeaderName::record_route))
      response.add(HeaderName::record_route, *routes);
    relay_.receive(now_, last_request_.to,
                   response.add(HeaderName::contact, "<sip:device@d.invalid>").finish());
  }

  /// Whoever got the last request sends one with that method back in the dialog that it forms. BYE where the
  /// text is no token.
  void ask_in_dialog(std::string_view method) {
    if (last_request_.bytes.empty()) return;
    const auto request = MessageView::parse(last_request_.bytes);
    const auto value = [&](HeaderName name) { return request->value(name).value_or("x"); };
    Message message = Message::request(is_token(method) ? method : "BYE", "sip:other@o.invalid");
    const std::string number = std::to_string(++last_cseq_);
    message.add(HeaderName::via, "SIP/2.0/WS k.invalid;branch=z9hG4bK" + number)
        .add(HeaderName::from, std::string(value(HeaderName::to)) + ";tag=device")
        .add(HeaderName::to, value(HeaderName::from))
        .add(HeaderName::call_id, value(HeaderName::call_id))
        .add(HeaderName::cseq, number + " " + std::string(is_token(method) ? method : "BYE"))
        .add(HeaderName::route, value(HeaderName::record_route));
    relay_.receive(now_, last_request_.to, message.finish());
  }

  /// A client of the other domain, by the fields in the text; the path that the relay gives it is kept.
  void register_upstream(const Script::Event& event) {
    Message message = Message::request("REGISTER", "sip:example.net");
    message.add(HeaderName::via, "SIP/2.0/WS k.invalid;branch=z9hG4bK" + std::to_string(++last_cseq_))
        .add(HeaderName::from, "<sip:dave@example.net>;tag=f")
        .add(HeaderName::to, "<sip:dave@example.net>")
        .add(HeaderName::call_id, "upstream")
        .add(HeaderName::cseq, std::to_string(last_cseq_) + " REGISTER")
        .add(HeaderName::supported, "path")
        .add(HeaderName::contact, first_line(event.text, "<sip:dave@k.invalid>;reg-id=1"));
    relay_.receive(now_, peer(event.number), message.finish());
    drain();
    const auto sent = MessageView::parse(last_request_.bytes);
    if (sent && sent->value(HeaderName::path)) path_ = *sent->value(HeaderName::path);
  }

  /// A request by that path from a peer, with the method in the text.
  void ask_by_path(const Script::Event& event) {
    const std::string method = first_line(event.text, "MESSAGE");
    Message message = Message::request(is_token(method) ? method : "MESSAGE", "sip:dave@k.invalid");
    const std::string number = std::to_string(++last_cseq_);
    message.add(HeaderName::via, "SIP/2.0/UDP k.invalid;branch=z9hG4bK" + number)
        .add(HeaderName::from, "<sip:erin@example.net>;tag=f")
        .add(HeaderName::to, "<sip:dave@example.net>")
        .add(HeaderName::call_id, "by-path")
        .add(HeaderName::cseq, number + " " + (is_token(method) ? method : "MESSAGE"))
        .add(HeaderName::route, path_.empty() ? "<sip:flow-@192.0.2.1;lr;ob>" : path_);
    relay_.receive(now_, peer(event.number), message.finish());
  }

  /// For one field: what is empty or would end it is replaced.
  static std::string first_line(std::string_view text, std::string_view otherwise) {
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    return std::string(line.empty() ? otherwise : line);
  }

  /// 0: the disk does what it was asked; 1: it fails; 2: it is full. A row that it has damaged reads `text`.
  void answer_from_disk(std::uint64_t how, std::string_view text) {
    for (const auto& question : std::exchange(asked_of_disk_, {})) {
      if (const auto* store = std::get_if<relay::StoreMessage>(&question)) {
        relay_.answer(now_, store->job,
                      how == 0   ? disk_.store(*store)
                      : how == 1 ? relay::Stored::failed
                                 : relay::Stored::full);
      } else if (const auto* load = std::get_if<relay::LoadMessage>(&question)) {
        relay_.answer(now_, load->job, loaded(disk_.load(load->recipient, load->after), how, text));
      } else if (const auto* sweep = std::get_if<relay::LoadExpired>(&question)) {
        relay_.answer(now_, sweep->job,
                      loaded(disk_.expired(sweep->now, sweep->after_time, sweep->after), how, text));
      } else if (const auto* forget = std::get_if<relay::ForgetMessage>(&question)) {
        disk_.forget(forget->number);
      }
      drain();
    }
  }

  static relay::Loaded loaded(relay::Loaded loaded, std::uint64_t how, std::string_view text) {
    if (how == 1) return {.message = {}, .failed = true};
    if (loaded.message && !text.empty()) loaded.message->request = text;
    return loaded;
  }
  /// The oldest question to the DNS gets the records in the lines of the event, whatever their types: each is
  /// "naptr ORDER SERVICE REPLACEMENT", "srv PRIORITY PORT TARGET" or "a ADDRESS". 0 stands for found, 1 for
  /// none, 2 for failed.
  void answer_lookup(const Script::Event& event) {
    if (lookups_.empty()) return;
    const relay::Relay::LookUp lookup = lookups_.front();
    lookups_.pop_front();
    relay::DnsAnswer answer{.status = static_cast<relay::DnsAnswer::Status>(event.number % 3),
                            .ttl = Seconds(60)};
    std::istringstream lines{std::string(event.text)};
    std::uint16_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string type, second, third;
      words >> type;
      if (type == "a" && words >> second)
        if (const auto address = IpAddress::parse(second)) answer.addresses.push_back(*address);
      if (type == "naptr" && words >> number >> second >> third)
        answer.naptrs.push_back({number, number, "s", second, {}, third});
      if (type == "srv" && words >> number >> second >> third)
        answer.srvs.push_back(
            {number, number, static_cast<std::uint16_t>(parse_decimal(second, 65535).value_or(0)), third});
    }
    relay_.answer(now_, lookup.job, answer);
  }

  void answer_all() {
    for (const auto& question : std::exchange(questions_, {})) {
      relay::Relay::UserFound found;
      if (question.user == "alice") found.digest = StoredDigest::of("alice", "example.org", "secret");
      relay_.answer(now_, question.job, found);
      drain();
    }
  }

  Now now_{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
  relay::Relay relay_;
  std::vector<relay::Relay::FindUser> questions_;
  std::vector<relay::Relay::Output> asked_of_disk_;
  MessageShelf disk_;
  std::string last_sent_;
  relay::Relay::SendTo last_request_;
  std::string path_;  ///< of the last client of the other domain
  unsigned last_cseq_ = 0;
  std::deque<relay::Relay::LookUp> lookups_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world(size % 2 == 0);
  while (const auto event = script.next()) world.play(*event);
  return 0;
}
