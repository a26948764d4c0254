#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "auth/digest_server.h"
#include "base/job_id.h"
#include "base/random.h"
#include "base/time.h"
#include "logic/admission.h"
#include "logic/asserted_identity.h"
#include "logic/authenticator.h"
#include "logic/configured_servers.h"
#include "logic/connection_alias.h"
#include "logic/dns.h"
#include "logic/edge_proxy.h"
#include "logic/gruu.h"
#include "logic/local_domain.h"
#include "logic/location.h"
#include "logic/loop_detection.h"
#include "logic/mailbox.h"
#include "logic/message_store.h"
#include "logic/outbound.h"
#include "logic/proxy.h"
#include "logic/record_route.h"
#include "logic/registrar.h"
#include "logic/request_forwarding.h"
#include "logic/request_limits.h"
#include "logic/server_failures.h"
#include "logic/service_routes.h"
#include "logic/settings.h"
#include "logic/target_set.h"
#include "logic/trust_domain.h"
#include "logic/upstream_passwords.h"
#include "transaction/stateless_uas.h"
#include "transaction/transaction_layer.h"
#include "transport/endpoint.h"

namespace relay {

/// SIP proxy, registrar and mailbox for one domain (RFC 3261 10 and 16, RFC 3428 7), without I/O, clock or
/// chance.
/// Feed one input, poll() until it is empty, then wait for the next input or deadline().
class Relay {
 public:
  Relay(const Settings& settings, const sip::Seed& seed);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// A connection-oriented flow (TCP, WebSocket) came to be. UDP sockets are announced once, at start, with
  /// their own endpoint for the peer's; one that is bound to every address is announced again, as another
  /// flow, for each that it is spoken to at.
  void flow_opened(sip::Now now, const sip::Peer& peer);
  /// One whole message or keep-alive: a datagram, a frame, or what a Framer cut from a stream.
  void receive(sip::Now now, const sip::Peer& from, std::string_view text);
  /// A stream that can't be framed any more; `text` is what arrived of the message. Answered with 400 where
  /// possible, then hung up.
  void receive_unframed(sip::Now now, const sip::Peer& from, std::string_view text);
  /// `reached` are the addresses that SendTos reached by it, as they name them, and now reach no more.
  void flow_closed(sip::Now now, sip::FlowId flow, const std::vector<sip::Peer>& reached = {});
  /// A SendTo could not be carried out.
  void unreachable(sip::Now now, const sip::Peer& peer);
  /// Nor could one, because too much waits for that peer already.
  void congested(sip::Now now, const sip::Peer& peer);
  /// The answer to FindUser: none when there is no such user; failed when the store could not say.
  struct UserFound {
    std::optional<sip::StoredDigest> digest;
    bool failed = false;
  };
  void answer(sip::Now now, sip::JobId job, const UserFound& found);
  void answer(sip::Now now, sip::JobId job, Stored outcome);
  void answer(sip::Now now, sip::JobId job, const Loaded& loaded);
  void answer(sip::Now now, sip::JobId job, const DnsAnswer& answer);
  void advance(sip::Now now);
  /// What may change of the settings. Whether messages are stored at all may not.
  void adjust(AdjustableSettings to);
  /// Forgets the bindings of a user, who may register again.
  void unregister(sip::Now now, const std::string& user);
  /// The relay is to end: from now on new requests get 503 (RFC 3261 21.5.4) and no stored message is begun
  /// with; what is under way goes on.
  void drain();
  /// Whether nobody waits for an answer any more.
  bool is_idle() const;
  /// By which flows somebody waits for an answer, or is to give one.
  std::unordered_set<sip::FlowId> busy_flows() const;

  /// Sends on `to.flow` while it is open. Otherwise: UDP by the socket of that flow (or any when none) to
  /// `to.endpoint`; TCP by a connection already open to `to.endpoint`, or a new one; TLS likewise, the other
  /// end of which has shown that it is `to.name`.
  struct SendTo {
    sip::Peer to;
    std::string bytes;
  };
  /// Is there such a user in the store, and what is kept of the password?
  struct FindUser {
    sip::JobId job;
    std::string user;  ///< user part of the address
    std::string domain;
  };
  /// What does the DNS say? CNAMEs are to be followed, and an answer comes in any case: failed after some
  /// seconds.
  struct LookUp {
    sip::JobId job;
    DnsQuestion question;
  };
  /// From now on a SendTo that names no flow and goes to `address` goes by this one (RFC 5923 8.2), which has
  /// no other such address. Until it closes.
  struct Reuse {
    sip::FlowId flow;
    sip::Endpoint address;
  };
  /// Close the flow, which speaks no SIP, once everything before has been written.
  struct Hangup {
    sip::FlowId flow;
    std::string_view why;  ///< a literal, for the close frame's reason and the log
  };
  /// What becomes of a request, for whoever counts.
  struct Progress {
    enum class Step : std::uint8_t {
      taken,           ///< it came, and is no repeat
      answered_here,   ///< by the relay itself, whether or not it has a transaction
      answered_there,  ///< the final response to what was forwarded is passed back
      from_mailbox     ///< a stored message was tried, or its time is over
    };
    Step step;
    sip::TransactionId transaction;
    std::string method = {};        ///< of one that is taken; "other" where no RFC defines it
    int status = 0;                 ///< of an answer
    std::string_view reason = {};   ///< a literal, of an answer from here; empty: the usual phrase
    Mailbox::Outcome outcome = {};  ///< of a stored message
  };
  using Output = std::variant<SendTo, FindUser, StoreMessage, LoadMessage, LoadExpired, ForgetMessage, LookUp,
                              Reuse, Hangup, Progress>;
  std::optional<Output> poll();
  const Location& location() const { return location_; }
  /// That are in memory.
  std::size_t transactions() const { return layer_.size(); }
  std::size_t mailboxes() const { return mailbox_.size(); }
  sip::Deadline deadline() const {
    return sip::earlier(sip::earlier(mailbox_.deadline(), proxy_.deadline()),
                        sip::earlier(layer_.deadline(), location_.deadline()));
  }

 private:
  /// Of requests that wait for the messages before them to be loaded: past so many that wait for a store one
  /// gets 500. Those that ask a store themselves are turned away by that.
  static constexpr std::size_t max_waiting = 10'000;
  /// A request that waits for an answer of the store.
  struct Waiting {
    enum class Question : std::uint8_t {
      who_sent_it,
      does_the_recipient_exist,
      what_waits_before_it,
      is_it_kept
    };
    Question question;
    sip::TransactionId transaction;
    sip::Peer from;
    std::string text;
  };

  void answer_stun(sip::Now now, const sip::Peer& from, std::string_view datagram);
  void receive_text(sip::Now now, const sip::Peer& from, std::string_view text);
  void receive_unreadable(sip::Now now, const sip::Peer& from, std::string_view text,
                          const sip::Error& error);
  void receive_message(sip::Now now, const sip::Peer& from, const sip::MessageView& message);
  void receive_request(sip::Now now, const sip::Peer& from, const sip::MessageView& message,
                       const sip::MandatoryHeaders& headers);
  sip::Peer way_back(const sip::Via& via, const sip::Peer& from) const;
  sip::Peer without_ports_inside(sip::Peer peer) const;
  void begin(sip::Now now, const Request& request, const sip::TransactionLayer::Received& received);
  Admission admission_of(const Request& request) const;
  Addressee addressee_of(const Request& request, const RecordRoute::Passage& passage) const;
  void authenticate(sip::Now now, const Request& request);
  std::optional<Answer> refuse_guess(sip::Now now, const Request& request) const;
  void cancel(sip::Now now, const Request& request, sip::TransactionId cancelled);
  void take_back(sip::Now now, sip::TransactionId cancelled, const sip::Peer& from);
  void caller_lost(sip::Now now, sip::FlowId flow);
  void hears_no_response(sip::Now now, const sip::Peer& caller);
  void acknowledge(sip::Now now, const Request& request);
  void send_statelessly(sip::Now now, const Request& request, const Target& target);
  void follow(sip::Now now, const Request& request, const sip::Peer& recipient, Party party, int unreachable);
  Target target_of(const Request& request, const sip::Peer& recipient) const;
  Ends ends(const Request& request, Party recipient, std::string recipient_mark = {}) const;
  std::string mark_of(const Request& request, const Recipient& recipient) const;
  void proceed(sip::Now now, const Request& request, const Admission& admission, const Fields& proof);
  void registered(sip::Now now, const Request& request, const Fields& proof);
  void deliver(sip::Now now, const Request& request);
  void deliver_to_targets(sip::Now now, const Request& request, const Recipient& recipient);
  Sender sender_of(const Request& request) const;
  bool keeps_messages_of(Sender sender) const;
  bool keep(sip::Now now, sip::UnixTime received, const Request& request, const std::string& user);
  void concluded(sip::Now now, Proxy::Outcome&& outcome);
  void leave(sip::Now now, const Request& request);
  void ascend(sip::Now now, const Request& request);
  void descend(sip::Now now, const Request& request);
  void go_by(sip::Now now, const Request& request, const sip::Uri& request_uri, const sip::Uri& next_hop,
             Outbound::Lead lead);
  bool may_go_to(const Outbound::Departure& departure, const sip::Peer& server) const;
  void answered_upstream(sip::Now now, const Proxy::Outcome& outcome);
  void stays(sip::Now now, const Request& request, const Answer& answer);
  void pump_outbound(sip::Now now);
  void depart(sip::Now now, const Outbound::Departure& departure);
  void authenticated(sip::Now now, const Request& request, const UserFound& found);
  void ask(const Request& request, Waiting::Question question, std::string user);
  void wait(sip::JobId job, Waiting::Question question, const Request& request);
  std::optional<Waiting> take_waiting(sip::JobId job);
  void found(sip::Now now, const Request& request, Waiting::Question question, const UserFound& user);
  void respond(sip::Now now, const Request& request, const Answer& answer);
  void refuse(sip::Now now, const Request& request, const Answer& answer);
  void answer_anybody(sip::Now now, const Request& request, const Answer& answer);
  void answer_once(sip::Now now, const Request& request, const Answer& answer);
  void note_answer(sip::TransactionId transaction, const Answer& answer);
  void answer_statelessly(sip::Now now, const sip::Peer& from, const sip::MessageView& request,
                          const Answer& answer, sip::TransactionId transaction = sip::TransactionId::none);
  void pump(sip::Now now);
  void tell(sip::Now now, sip::TransactionLayer::Event&& event);
  void still_waiting(sip::Now now, sip::TransactionId server, std::string_view text);

  Settings settings_;
  sip::Random random_;
  LocalDomain domain_;
  sip::TransactionLayer layer_;
  sip::StatelessUas stateless_;
  Location location_;
  Gruu gruu_;
  Registrar registrar_;
  Authenticator authenticator_;
  TrustDomain trust_;
  ConnectionAlias alias_;
  ServerFailures failures_;
  TargetSet targets_;
  FlowToken flow_token_;
  RecordRoute record_route_;
  RequestLimits limits_;
  EdgeProxy edge_;
  ServiceRoutes service_routes_;
  ConfiguredServers configured_;
  LoopDetection loops_;
  AssertedIdentity identity_;
  RequestForwarding forwarding_;
  UpstreamPasswords upstream_passwords_;
  Proxy proxy_;
  sip::JobIds jobs_;
  Mailbox mailbox_;
  Outbound outbound_;
  std::unordered_map<sip::JobId, DnsQuestion> lookups_;
  std::unordered_map<sip::JobId, Waiting> waiting_;  ///< each noted with its transaction
  std::size_t waiting_invites_ = 0;                  ///< among them
  bool is_draining_ = false;
  std::deque<Output> outputs_;
};

}  // namespace relay
