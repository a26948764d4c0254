#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "message/message_view.h"
#include "transaction/transaction_layer.h"

namespace sim {

/// A phone that calls and is called (RFC 3261 12, 13, 14, 15), on the core's transactions. Like those it does
/// no I/O: receive(), advance(), then poll() until it is empty.
class CallPhone {
 public:
  /// What its owner does when it rings.
  enum class Temper : std::uint8_t { answers, declines, lets_ring };
  enum class State : std::uint8_t { calling, ringing, talking, over };
  /// One call, as this phone sees it: one of its own may become several where several devices answer.
  struct Call {
    std::string id;          ///< Call-ID
    std::string remote_tag;  ///< empty: nobody has answered yet
    bool is_caller = false;
    State state = State::calling;
    bool is_cancelled = false;  ///< by the caller, here
    bool was_talking = false;
    int status = 0;                       ///< of a refusal
    std::vector<std::string> heard = {};  ///< bodies of the messages in the dialog
    std::vector<int> answers = {};        ///< final responses to our requests in the dialog
    // What requests in the dialog are made of.
    std::string local = {}, remote = {}, target = {}, routes = {};
    std::uint32_t cseq = 1;
    sip::TransactionId invite = sip::TransactionId::none;  ///< ours or theirs
    std::string ok = {};                                   ///< our 2xx, until it is acknowledged
    std::string ack = {};                                  ///< of the caller
    sip::Deadline answer_at = {}, ok_again_at = {}, ok_until = {};
    sip::Milliseconds ok_interval{500};
  };

  /// `self` is where the relay sees it, `relay` where it sends to.
  CallPhone(std::string user, const sip::Peer& self, const sip::Peer& relay, std::uint64_t seed);

  void enrol(sip::Now now);
  void call(sip::Now now, const std::string& user);
  /// Takes back what nobody has answered; as soon as a response allows it.
  void cancel(sip::Now now);
  /// In the calls that are there.
  void write(sip::Now now, const std::string& body);
  void hang_up(sip::Now now);

  void receive(sip::Now now, std::string_view text);
  void advance(sip::Now now);
  std::optional<std::string> poll();
  sip::Deadline deadline() const;

  Temper temper = Temper::answers;
  sip::Milliseconds patience{3'000};  ///< how long it rings
  const sip::Peer& self() const { return self_; }
  const std::deque<Call>& calls() const { return calls_; }
  bool is_enrolled() const { return is_enrolled_; }
  std::size_t transactions() const { return layer_.size(); }

 private:
  std::string via();
  std::string contact() const;
  void request(sip::Now now, Call& call, std::string_view method, std::string_view body = {});
  void acknowledge(Call& call);
  void take_request(sip::Now now, const sip::TransactionLayer::Received& received,
                    const sip::MessageView& message, const sip::MandatoryHeaders& headers);
  void ring(sip::Now now, sip::TransactionId invite, const sip::MessageView& message,
            const sip::MandatoryHeaders& headers);
  void accept(sip::Now now, Call& call);
  void refuse(sip::Now now, Call& call, int status);
  void take_response(sip::Now now, sip::TransactionId client, const sip::MessageView& message,
                     const sip::MandatoryHeaders& headers);
  void answered(sip::Now now, Call& call, const sip::MessageView& message,
                const sip::MandatoryHeaders& headers);
  void lost(sip::TransactionId client, int status);
  Call* dialog(const sip::MandatoryHeaders& headers, std::string_view remote_tag);
  void pump(sip::Now now);

  std::string user_;
  sip::Peer self_;
  sip::Peer relay_;
  sip::Random random_;
  sip::TransactionLayer layer_;
  std::deque<Call> calls_;
  std::map<sip::TransactionId, std::string> invites_;  ///< theirs, as received
  std::map<sip::TransactionId, std::size_t> asked_;    ///< our requests in dialogs: of which call
  std::deque<std::string> out_;
  bool is_enrolled_ = false;
  std::string branch_;  ///< of the last via()
};

}  // namespace sim
