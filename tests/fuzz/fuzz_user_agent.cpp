#include <algorithm>
#include <string>

#include "message/message.h"
#include "script.h"
#include "ua/user_agent.h"

using namespace sip;

namespace {

/// Its number tells the state and how it went out, its text the id.
SentMessage restored(const Script::Event& event) {
  SentMessage message{{.to = "bob", .body = "restored", .id = std::string(event.text)}, {}};
  message.delivery.state = static_cast<DeliveryState>(event.number % 6);
  message.delivery.has_asked = event.number / 6 % 2 != 0;
  message.delivery.is_plain = event.number / 12 % 2 != 0;
  return message;
}

/// The first character says which; a type in the first line, the body behind it.
Answer answer_in(std::string_view text) {
  const char kind = text.empty() ? ' ' : text[0];
  const std::string_view rest = text.empty() ? text : text.substr(1);
  const std::size_t line_end = std::min(rest.find('\n'), rest.size());
  const std::string type(rest.substr(0, line_end));
  const std::string body(rest.substr(std::min(line_end + 1, rest.size())));
  switch (kind) {
    case 's': return Sealed{type, body};
    case 'c': return InTheClear{};
    case 'n': return NotSealed{};
    case 'o': return Opened{type, body, Protection::encrypted_only};
    case 'u': return NotOpened{NotOpened::Reason::undecipherable, type, body};
    case 'x': return NotOpened{.reason = NotOpened::Reason::unsupported};
    case 'm': return NotOpened{.reason = NotOpened::Reason::malformed};
    case 'd': return Decoded{std::string(rest)};
    default: return NotDecoded{};
  }
}

/// A client whose one flow carries whatever the script says, and whose driver answers what it says.
class Client {
 public:
  explicit Client(EndToEnd end_to_end) : agent_(account(end_to_end), seed_from(1)) { agent_.start(now_); }

  void obey(const Script::Event& event) {
    const FlowId flow{event.number};
    switch (event.name) {
      case 'o':
        agent_.flow_opened(now_, flow, event.number % 2 == 0 ? Protocol::udp : Protocol::ws);
        flow_ = flow;
        break;
      case 'r': agent_.receive(now_, flow, event.text); break;
      case 'g':
        respond(static_cast<int>(std::clamp<std::uint64_t>(event.number, 100, 699)), event.text);
        break;
      case 'c': agent_.flow_closed(now_, flow); break;
      case 's':
        agent_.send(now_, Draft{"sip:bob@example.org", std::string(event.text), "text/plain", {}, {}});
        break;
      case 't': agent_.send(now_, Draft{std::string(event.text), "hello", "text/plain", {}, {}}); break;
      case 'p':
        agent_.composing(now_, event.text,
                         event.number == 0 ? IsComposing::State::idle : IsComposing::State::active);
        break;
      case 'k': agent_.cancel(now_, MessageId(event.text)); break;
      case 'e': agent_.restore(now_, restored(event)); break;
      case 'd': agent_.displayed(now_, MessageId(event.text)); break;
      case 'a': agent_.answer(now_, JobId{event.number}, answer_in(event.text)); break;
      case 'x': agent_.stop(now_); break;
      case 'n': agent_.network_available(now_); break;
      default: now_.mono += Milliseconds(static_cast<std::int64_t>(event.number)); agent_.advance(now_);
    }
    drain();
  }

 private:
  static Account account(EndToEnd end_to_end) {
    Account account;
    account.address = "sip:alice@example.org";
    account.credentials = {"alice", "secret"};
    account.receipts = Receipts::display;
    account.end_to_end = end_to_end;
    return account;
  }

  void drain() {
    while (auto output = agent_.poll())
      if (auto* send = std::get_if<UserAgent::SendBytes>(&*output); send && !is_response(send->bytes))
        last_request_ = std::move(send->bytes);
  }
  static bool is_response(std::string_view text) { return text.substr(0, 4) == "SIP/"; }

  /// The network's answer to the last request, with more header fields.
  void respond(int status, std::string_view fields) {
    const auto request = MessageView::parse(last_request_);
    if (!request) return;
    std::string response = Message::response_to(*request, status, "server").finish();
    response.insert(response.find("\r\n") + 2, fields);
    agent_.receive(now_, flow_, response);
  }

  Now now_{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
  UserAgent agent_;
  FlowId flow_ = FlowId::none;
  std::string last_request_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const EndToEnd end_to_end : {EndToEnd::none, EndToEnd::driver}) {
    Client client(end_to_end);
    Script script(data, size);
    while (const auto event = script.next()) client.obey(*event);
  }
  return 0;
}
