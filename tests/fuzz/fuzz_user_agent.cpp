#include <string>

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

}  // namespace

/// A client whose one flow carries whatever the script says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
  Account account;
  account.address = "sip:alice@example.org";
  account.credentials = {"alice", "secret"};
  account.receipts = Receipts::display;
  UserAgent agent(account, seed_from(1));
  agent.start(now);
  const auto drain = [&] {
    while (agent.poll()) {
    }
  };
  Script script(data, size);
  while (const auto event = script.next()) {
    const FlowId flow{event->number};
    switch (event->name) {
      case 'o': agent.flow_opened(now, flow, event->number % 2 == 0 ? Protocol::udp : Protocol::ws); break;
      case 'r': agent.receive(now, flow, event->text); break;
      case 'c': agent.flow_closed(now, flow); break;
      case 's':
        agent.send(now, Draft{"sip:bob@example.org", std::string(event->text), "text/plain", {}, {}});
        break;
      case 't': agent.send(now, Draft{std::string(event->text), "hello", "text/plain", {}, {}}); break;
      case 'p':
        agent.composing(now, event->text,
                        event->number == 0 ? IsComposing::State::idle : IsComposing::State::active);
        break;
      case 'k': agent.cancel(now, MessageId(event->text)); break;
      case 'e': agent.restore(now, restored(*event)); break;
      case 'd': agent.displayed(now, MessageId(event->text)); break;
      case 'x': agent.stop(now); break;
      case 'n': agent.network_available(now); break;
      default: now.mono += Milliseconds(static_cast<std::int64_t>(event->number)); agent.advance(now);
    }
    drain();
  }
  return 0;
}
