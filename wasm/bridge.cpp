#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "answer_record.h"
#include "enumerators.h"
#include "output_record.h"
#include "record.h"
#include "ua/user_agent.h"

// ABI.md describes these exports. The module holds one UserAgent, as a page holds one person.
#define EXPORT(name) __attribute__((export_name(#name))) extern "C"

namespace {

using namespace sip;

struct Module {
  std::string input;
  std::string output;
  std::optional<UserAgent> agent;
};

Module& module() {
  static Module instance;
  return instance;
}

/// A time of JavaScript's is any double; what is no time counts as 0.
std::int64_t whole(double value) { return std::abs(value) < 9e15 ? static_cast<std::int64_t>(value) : 0; }

Now now_at(double mono, double wall) {
  return {Instant(Milliseconds(whole(mono))), UnixTime(Milliseconds(whole(wall)))};
}

std::string_view input(std::uint32_t length) { return std::string_view(module().input).substr(0, length); }

std::uint32_t address_of(const std::string& text) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(text.data()));
}

std::uint32_t hand_out(std::string record) {
  module().output = std::move(record);
  return address_of(module().output);
}

MessageFields read_fields(bridge::RecordReader& reader) {
  MessageFields fields;
  fields.subject = reader.string();
  fields.in_reply_to = reader.string();
  fields.priority = reader.string();
  fields.content_language = reader.string();
  fields.content_disposition = reader.string();
  return fields;
}

Draft read_draft(bridge::RecordReader& reader) {
  Draft draft;
  draft.to = reader.string();
  draft.body = reader.string();
  draft.content_type = reader.string();
  draft.id = reader.string();
  draft.first_sent = UnixTime(Milliseconds(whole(reader.number())));
  draft.fields = read_fields(reader);
  draft.expires = Seconds(whole(reader.number()));
  return draft;
}

std::optional<Draft> read_draft(std::uint32_t length) {
  bridge::RecordReader reader(input(length));
  Draft draft = read_draft(reader);
  if (!reader.is_good()) return std::nullopt;
  return draft;
}

std::optional<SentMessage> read_sent_message(std::uint32_t length) {
  bridge::RecordReader reader(input(length));
  SentMessage message;
  message.draft = read_draft(reader);
  const auto state = bridge::from_text(reader.string(), DeliveryState::failed);
  // One that only a newer page knows says no more than this.
  const auto reason = bridge::from_text(reader.string(), FailureReason::other).value_or(FailureReason::other);
  const double retry_at = reader.number();
  message.delivery.has_asked = reader.number() != 0;
  message.delivery.is_plain = reader.number() != 0;
  if (!reader.is_good() || !state) return std::nullopt;
  message.delivery.state = *state;
  message.delivery.reason = reason;
  if (retry_at > 0) message.delivery.retry_at = UnixTime(Milliseconds(whole(retry_at)));
  return message;
}

Account read_account(bridge::RecordReader& reader) {
  Account account;
  account.address = reader.string();
  account.display_name = reader.string();
  account.credentials.username = reader.string();
  account.credentials.password = reader.string();
  account.token = reader.string();
  account.instance = reader.string();
  account.contact_params = reader.string();
  account.expires = Seconds(whole(reader.number()));
  account.recovery.base_time = Milliseconds(whole(reader.number()));
  account.recovery.max_time = Milliseconds(whole(reader.number()));
  account.ping_interval = Milliseconds(whole(reader.number()));
  const std::int64_t servers = whole(reader.number());
  // One too many is enough for is_valid() to refuse it.
  constexpr auto limit = static_cast<std::int64_t>(Account::max_servers) + 1;
  for (std::int64_t i = 0; i < std::min(servers, limit); ++i) account.servers.push_back(reader.string());
  return account;
}

}  // namespace

EXPORT(sip_buffer) std::uint32_t sip_buffer(std::uint32_t size) {
  module().input.resize(size);
  return address_of(module().input);
}

EXPORT(sip_create) std::uint32_t sip_create(std::uint32_t length) {
  bridge::RecordReader reader(input(length));
  Account account = read_account(reader);
  const auto receipts = bridge::from_text(reader.string(), Receipts::display);
  const auto end_to_end = bridge::from_text(reader.string(), EndToEnd::driver);
  const auto path = bridge::from_text(reader.string(), Path::congestion_safe);
  const std::string entropy = reader.string();
  Seed seed{};
  if (!reader.is_good() || entropy.size() != seed.size() || !is_valid(account)) return 0;
  if (!receipts || !end_to_end || !path) return 0;
  account.receipts = *receipts;
  account.end_to_end = *end_to_end;
  account.path = *path;
  std::copy(entropy.begin(), entropy.end(), seed.begin());
  module().agent.emplace(account, seed);
  return 1;
}

EXPORT(sip_start) void sip_start(double mono, double wall) {
  if (module().agent) module().agent->start(now_at(mono, wall));
}

EXPORT(sip_stop) void sip_stop(double mono, double wall) {
  if (module().agent) module().agent->stop(now_at(mono, wall));
}

EXPORT(sip_network_available) void sip_network_available(double mono, double wall) {
  if (module().agent) module().agent->network_available(now_at(mono, wall));
}

EXPORT(sip_flow_opened)
void sip_flow_opened(double mono, double wall, std::uint32_t flow, std::uint32_t is_secure) {
  const Protocol protocol = is_secure != 0 ? Protocol::wss : Protocol::ws;
  if (module().agent) module().agent->flow_opened(now_at(mono, wall), FlowId{flow}, protocol);
}

EXPORT(sip_flow_closed) void sip_flow_closed(double mono, double wall, std::uint32_t flow) {
  if (module().agent) module().agent->flow_closed(now_at(mono, wall), FlowId{flow});
}

EXPORT(sip_receive)
void sip_receive(double mono, double wall, std::uint32_t flow, std::uint32_t length) {
  if (module().agent) module().agent->receive(now_at(mono, wall), FlowId{flow}, input(length));
}

EXPORT(sip_send) std::uint32_t sip_send(double mono, double wall, std::uint32_t length) {
  auto draft = read_draft(length);
  if (!draft || !module().agent) return 0;
  const MessageId id = module().agent->send(now_at(mono, wall), std::move(*draft));
  return hand_out(bridge::RecordWriter().string(id).finish());
}

EXPORT(sip_restore) std::uint32_t sip_restore(double mono, double wall, std::uint32_t length) {
  auto message = read_sent_message(length);
  if (!message || !module().agent) return 0;
  module().agent->restore(now_at(mono, wall), std::move(*message));
  return 1;
}

EXPORT(sip_cancel) void sip_cancel(double mono, double wall, std::uint32_t length) {
  if (module().agent) module().agent->cancel(now_at(mono, wall), MessageId(input(length)));
}

EXPORT(sip_excess) std::uint32_t sip_excess(std::uint32_t length) {
  const auto draft = read_draft(length);
  if (!draft || !module().agent) return 0;
  return static_cast<std::uint32_t>(module().agent->excess(*draft));
}

EXPORT(sip_composing)
void sip_composing(double mono, double wall, std::uint32_t is_active, std::uint32_t length) {
  const auto state = is_active != 0 ? IsComposing::State::active : IsComposing::State::idle;
  if (module().agent) module().agent->composing(now_at(mono, wall), input(length), state);
}

EXPORT(sip_displayed) void sip_displayed(double mono, double wall, std::uint32_t length) {
  if (module().agent) module().agent->displayed(now_at(mono, wall), MessageId(input(length)));
}

EXPORT(sip_answer) std::uint32_t sip_answer(double mono, double wall, std::uint32_t length) {
  bridge::RecordReader reader(input(length));
  auto given = bridge::read_answer(reader);
  if (!given || !module().agent) return 0;
  module().agent->answer(now_at(mono, wall), given->job, std::move(given->answer));
  return 1;
}

EXPORT(sip_advance) void sip_advance(double mono, double wall) {
  if (module().agent) module().agent->advance(now_at(mono, wall));
}

EXPORT(sip_poll) std::uint32_t sip_poll() {
  if (!module().agent) return 0;
  const auto output = module().agent->poll();
  return output ? hand_out(bridge::to_record(*output)) : 0;
}

EXPORT(sip_deadline) double sip_deadline() {
  const Deadline deadline = module().agent ? module().agent->deadline() : Deadline();
  return deadline ? static_cast<double>(deadline->time_since_epoch().count()) : -1;
}
