#include "stores.h"

#include <cstdint>
#include <functional>
#include <utility>

namespace relay {

/// Whoever is promised a message must not lose it with the memory; and without accounts nobody is known.
std::optional<sip::Seconds> keeps_messages_for(const Config& config) {
  const bool is_kept = config.mailbox != Mailboxes::off && config.data != in_memory &&
                       config.authentication == Authentication::digest;
  if (!is_kept) return std::nullopt;
  return sip::Seconds(86'400) * config.mailbox_days;
}

MailboxQuota quota(const Config& config) {
  MailboxQuota quota;
  quota.messages_each = config.mailbox_messages;
  quota.bytes = std::int64_t{config.mailbox_megabytes} << 20;
  return quota;
}

namespace {

Loaded as_loaded(MailboxStore::Loaded found) {
  Loaded loaded{.message = {}, .failed = found.failed};
  if (!found.letter) return loaded;
  Letter& letter = *found.letter;
  loaded.message = StoredMessage{.recipient = std::move(letter.recipient),
                                 .identity = std::move(letter.identity),
                                 .request = std::move(letter.request),
                                 .expires_at = letter.expires_at,
                                 .number = MessageNumber{letter.number},
                                 .sender = letter.is_from_stranger ? Sender::stranger : Sender::known};
  return loaded;
}

Stored as_stored(MailboxStore::Stored outcome) {
  switch (outcome) {
    case MailboxStore::Stored::stored: return Stored::stored;
    case MailboxStore::Stored::repeat: return Stored::repeat;
    case MailboxStore::Stored::full: return Stored::full;
    case MailboxStore::Stored::failed: return Stored::failed;
  }
  return Stored::failed;
}

std::uint64_t number(MessageNumber number) { return static_cast<std::uint64_t>(number); }

Letter as_letter(StoredMessage message) {
  return {.recipient = std::move(message.recipient),
          .identity = std::move(message.identity),
          .request = std::move(message.request),
          .expires_at = message.expires_at,
          .is_from_stranger = message.sender == Sender::stranger,
          .instead_of = number(message.instead_of)};
}

}  // namespace

Reactor::Stores stores(CredentialThread& credentials, MailboxThread* mailbox) {
  Reactor::Stores stores;
  stores.find_user = [&](const Relay::FindUser& question, auto reply) {
    credentials.find(question.user, question.domain,
                     [reply = std::move(reply)](CredentialStore::Found found) {
                       reply({std::move(found.digest), found.failed});
                     });
  };
  stores.end = [&credentials, mailbox](const std::function<void()>& ended) {
    credentials.end(ended);
    if (mailbox) mailbox->end(ended);
  };
  stores.have_ended = [&credentials, mailbox] {
    return credentials.has_ended() && (!mailbox || mailbox->has_ended());
  };
  if (!mailbox) return stores;
  stores.store_message = [mailbox](StoreMessage question, auto reply) {
    auto notice = question.notice ? std::optional(as_letter(*std::move(question.notice))) : std::nullopt;
    mailbox->store(as_letter(std::move(question.message)), std::move(notice),
                   [reply = std::move(reply)](MailboxStore::Stored outcome) { reply(as_stored(outcome)); });
  };
  const auto loading = [](auto reply) {
    return [reply = std::move(reply)](MailboxStore::Loaded found) { reply(as_loaded(std::move(found))); };
  };
  stores.load_message = [mailbox, loading](const LoadMessage& question, auto reply) {
    mailbox->load(question.recipient, number(question.after), loading(std::move(reply)));
  };
  stores.load_expired = [mailbox, loading](const LoadExpired& question, auto reply) {
    mailbox->load_expired(question.now, question.after_time, number(question.after),
                          loading(std::move(reply)));
  };
  stores.forget_message = [mailbox](const ForgetMessage& question) {
    mailbox->forget(number(question.number));
  };
  return stores;
}

}  // namespace relay
