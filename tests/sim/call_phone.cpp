#include "call_phone.h"

#include <algorithm>
#include <utility>

#include "message/mandatory_headers.h"
#include "message/message.h"
#include "message/method.h"

namespace sim {

using namespace sip;

namespace {

constexpr Milliseconds t1{500};
constexpr Milliseconds t2{4'000};

std::string joined_values(const MessageView& message, HeaderName name) {
  std::string all;
  ValueReader reader(message, name);
  while (const auto value = reader.next()) all.append(all.empty() ? "" : ", ").append(*value);
  return all;
}

/// In the order of a Route: a UAC's is the reverse of what it got (12.1.2).
std::string reversed_values(const MessageView& message, HeaderName name) {
  std::string all;
  ValueReader reader(message, name);
  while (const auto value = reader.next()) all = std::string(*value) + (all.empty() ? "" : ", ") + all;
  return all;
}

std::string contact_uri(const MessageView& message) {
  const auto contact = NameAddr::parse(message.value(HeaderName::contact).value_or(""));
  return contact ? std::string(contact->uri.text) : std::string();
}

std::string field(const MessageView& message, HeaderName name) {
  return std::string(message.value(name).value_or(""));
}

}  // namespace

CallPhone::CallPhone(std::string user, const Peer& self, const Peer& relay, std::uint64_t seed)
    : user_(std::move(user)), self_(self), relay_(relay), random_(seed_from(seed)) {}

std::string CallPhone::via() {
  branch_ = std::string(branch_magic_cookie) + random_.token(16);
  return "SIP/2.0/" + std::string(via_transport(self_.endpoint.protocol)) + " " +
         self_.endpoint.address.host() + ":" + std::to_string(self_.endpoint.port) +
         ";rport;branch=" + branch_;
}

std::string CallPhone::contact() const {
  const bool is_browser = is_websocket(self_.endpoint.protocol);
  return "<sip:" + user_ + "@" + self_.endpoint.address.host() + ":" + std::to_string(self_.endpoint.port) +
         (is_browser ? ";transport=ws>" : ">");
}

void CallPhone::enrol(Now now) {
  const std::string address = "<sip:" + user_ + "@example.org>";
  std::string text = Message::request("REGISTER", "sip:example.org")
                         .add(HeaderName::via, via())
                         .add(HeaderName::max_forwards, "70")
                         .add(HeaderName::from, address + ";tag=" + random_.token(8))
                         .add(HeaderName::to, address)
                         .add(HeaderName::call_id, random_.token(16))
                         .add(HeaderName::cseq, "1 REGISTER")
                         .add(HeaderName::contact, contact())
                         .add(HeaderName::expires, "3600")
                         .finish();
  layer_.request(now, relay_, branch_, "REGISTER", std::move(text));
  pump(now);
}

void CallPhone::call(Now now, const std::string& user) {
  Call call;
  call.id = random_.token(16);
  call.is_caller = true;
  call.local = "<sip:" + user_ + "@example.org>;tag=" + random_.token(8);
  call.remote = "<sip:" + user + "@example.org>";
  std::string text = Message::request("INVITE", "sip:" + user + "@example.org")
                         .add(HeaderName::via, via())
                         .add(HeaderName::max_forwards, "70")
                         .add(HeaderName::from, call.local)
                         .add(HeaderName::to, call.remote)
                         .add(HeaderName::call_id, call.id)
                         .add(HeaderName::cseq, "1 INVITE")
                         .add(HeaderName::contact, contact())
                         .finish();
  call.invite = layer_.request(now, relay_, branch_, "INVITE", std::move(text));
  calls_.push_back(std::move(call));
  pump(now);
}

void CallPhone::cancel(Now now) {
  for (Call& call : calls_) {
    if (!call.is_caller || call.state != State::calling) continue;
    call.is_cancelled = true;
    layer_.cancel(now, call.invite);  // else when it is heard of (9.1)
  }
  pump(now);
}

void CallPhone::write(Now now, const std::string& body) {
  for (Call& call : calls_)
    if (call.state == State::talking) request(now, call, "MESSAGE", body);
  pump(now);
}

void CallPhone::hang_up(Now now) {
  for (Call& call : calls_) {
    // 15: who was called waits for the ACK.
    if (call.state != State::talking || !call.ok.empty()) continue;
    call.state = State::over;
    request(now, call, "BYE");
  }
  pump(now);
}

void CallPhone::request(Now now, Call& call, std::string_view method, std::string_view body) {
  Message message = Message::request(method, call.target);
  message.add(HeaderName::via, via())
      .add(HeaderName::max_forwards, "70")
      .add(HeaderName::from, call.local)
      .add(HeaderName::to, call.remote)
      .add(HeaderName::call_id, call.id)
      .add(HeaderName::cseq, std::to_string(++call.cseq) + " " + std::string(method));
  if (!call.routes.empty()) message.add(HeaderName::route, call.routes);
  std::string text = message.finish(body.empty() ? "" : "text/plain", body);
  const auto index = static_cast<std::size_t>(
      std::find_if(calls_.begin(), calls_.end(), [&](const Call& each) { return &each == &call; }) -
      calls_.begin());
  asked_[layer_.request(now, relay_, branch_, method, std::move(text))] = index;
}

/// 13.2.2.4: the same each time that the 2xx comes.
void CallPhone::acknowledge(Call& call) {
  if (call.ack.empty()) {
    Message message = Message::request("ACK", call.target);
    message.add(HeaderName::via, via())
        .add(HeaderName::max_forwards, "70")
        .add(HeaderName::from, call.local)
        .add(HeaderName::to, call.remote)
        .add(HeaderName::call_id, call.id)
        .add(HeaderName::cseq, "1 ACK");
    if (!call.routes.empty()) message.add(HeaderName::route, call.routes);
    call.ack = message.finish();
  }
  out_.push_back(call.ack);
}

void CallPhone::receive(Now now, std::string_view text) {
  const auto message = MessageView::parse(text);
  const auto headers = message ? MandatoryHeaders::parse(*message) : Result<MandatoryHeaders>(Error{});
  if (!headers) return;
  const auto received = layer_.receive(now, relay_, *message, *headers);
  if (message->is_request()) {
    take_request(now, received, *message, *headers);
  } else if (received.kind == TransactionLayer::Kind::response) {
    take_response(now, received.id, *message, *headers);
  }
  pump(now);
}

CallPhone::Call* CallPhone::dialog(const MandatoryHeaders& headers, std::string_view remote_tag) {
  for (Call& call : calls_)
    if (call.id == headers.call_id && call.remote_tag == remote_tag) return &call;
  return nullptr;
}

void CallPhone::take_request(Now now, const TransactionLayer::Received& received, const MessageView& message,
                             const MandatoryHeaders& headers) {
  using Kind = TransactionLayer::Kind;
  Call* call = dialog(headers, headers.from.tag());
  if (received.kind == Kind::ack) {
    if (call != nullptr) call->ok.clear();
    return;
  }
  if (received.kind != Kind::new_request && received.kind != Kind::cancel) return;
  const auto answer = [&](int status) {
    layer_.respond(now, received.id, status,
                   Message::response_to(message, status, random_.token(8)).finish());
  };
  if (received.kind == Kind::cancel) {
    answer(received.cancelled == TransactionId::none ? 481 : 200);
    for (Call& each : calls_)
      if (each.invite == received.cancelled && each.state == State::ringing) refuse(now, each, 487);
    return;
  }
  if (message.method() == "INVITE" && headers.to.tag().empty())
    return ring(now, received.id, message, headers);
  if (call == nullptr || (call->state == State::over && message.method() != "BYE")) return answer(481);
  if (message.method() == "MESSAGE") call->heard.emplace_back(message.body());
  if (message.method() == "BYE") {
    call->state = State::over;
    call->ok.clear();
  }
  answer(200);
}

void CallPhone::ring(Now now, TransactionId invite, const MessageView& message,
                     const MandatoryHeaders& headers) {
  Call call;
  call.id = headers.call_id;
  call.remote_tag = headers.from.tag();
  call.state = State::ringing;
  call.remote = field(message, HeaderName::from);
  call.local = field(message, HeaderName::to) + ";tag=" + random_.token(8);
  call.target = contact_uri(message);
  call.routes = joined_values(message, HeaderName::record_route);
  call.cseq = 100;
  call.invite = invite;
  if (temper != Temper::lets_ring) call.answer_at = now.mono + patience;
  calls_.push_back(std::move(call));
  invites_.emplace(invite, std::string(message.text()));
  layer_.respond(now, invite, 180, Message::response_to(message, 180, "").finish());
}

void CallPhone::accept(Now now, Call& call) {
  const std::string& kept = invites_.at(call.invite);
  const auto message = MessageView::parse(kept);
  const std::string tag(call.local.substr(call.local.rfind('=') + 1));
  Message response = Message::response_to(*message, 200, tag);
  if (!call.routes.empty()) response.add(HeaderName::record_route, call.routes);
  call.ok = response.add(HeaderName::contact, contact()).finish();
  call.state = State::talking;
  call.was_talking = true;
  call.ok_again_at = now.mono + call.ok_interval;
  call.ok_until = now.mono + 64 * t1;
  layer_.respond(now, call.invite, 200, call.ok);
}

void CallPhone::refuse(Now now, Call& call, int status) {
  const auto message = MessageView::parse(invites_.at(call.invite));
  call.state = State::over;
  call.status = status;
  layer_.respond(now, call.invite, status, Message::response_to(*message, status, random_.token(8)).finish());
}

void CallPhone::take_response(Now now, TransactionId client, const MessageView& message,
                              const MandatoryHeaders& headers) {
  const int status = message.status();
  if (headers.cseq.method == "REGISTER") is_enrolled_ = is_enrolled_ || status == 200;
  if (headers.cseq.method != "INVITE") {
    const auto asked = asked_.find(client);
    if (asked != asked_.end() && status >= 200) calls_[asked->second].answers.push_back(status);
    return;
  }
  const auto call = std::find_if(calls_.begin(), calls_.end(),
                                 [&](const Call& each) { return each.is_caller && each.invite == client; });
  if (call == calls_.end()) return;
  if (status < 200) {
    if (call->is_cancelled && call->state == State::calling) layer_.cancel(now, client);
  } else if (status < 300) {
    answered(now, *call, message, headers);
  } else if (call->state == State::calling) {
    call->state = State::over;
    call->status = status;
  }
}

/// 13.2.2.4: each device that answers makes a dialog. The first is talked to, unless it was cancelled.
void CallPhone::answered(Now now, Call& first, const MessageView& message, const MandatoryHeaders& headers) {
  if (Call* known = dialog(headers, headers.to.tag())) return acknowledge(*known);
  const bool is_wanted = first.remote_tag.empty() && !first.is_cancelled;
  Call another = first;
  Call& call = first.remote_tag.empty() ? first : calls_.emplace_back(std::move(another));
  call.remote_tag = headers.to.tag();
  call.remote = field(message, HeaderName::to);
  call.target = contact_uri(message);
  call.routes = reversed_values(message, HeaderName::record_route);
  call.cseq = 1;
  call.ack.clear();
  call.state = State::talking;
  call.was_talking = true;
  acknowledge(call);
  if (is_wanted) return;
  call.state = State::over;
  request(now, call, "BYE");
}

void CallPhone::lost(TransactionId client, int status) {
  for (Call& call : calls_) {
    if (!call.is_caller || call.invite != client || call.state != State::calling) continue;
    call.state = State::over;
    call.status = status;
  }
  const auto asked = asked_.find(client);
  if (asked != asked_.end()) calls_[asked->second].answers.push_back(status);
}

void CallPhone::advance(Now now) {
  layer_.advance(now);
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    Call& call = calls_[i];
    if (call.state == State::ringing && call.answer_at && *call.answer_at <= now.mono) {
      call.answer_at.reset();
      if (temper == Temper::answers) {
        accept(now, call);
      } else {
        refuse(now, call, 486);
      }
    }
    // 13.3.1.4: over any transport, until there is an ACK.
    if (call.ok.empty() || *call.ok_again_at > now.mono) continue;
    if (*call.ok_until <= now.mono) {
      call.ok.clear();
      call.state = State::over;
      request(now, call, "BYE");
    } else {
      layer_.respond(now, call.invite, 200, call.ok);
      call.ok_interval = std::min(2 * call.ok_interval, t2);
      call.ok_again_at = now.mono + call.ok_interval;
    }
  }
  pump(now);
}

Deadline CallPhone::deadline() const {
  Deadline first = layer_.deadline();
  for (const Call& call : calls_) {
    if (call.state == State::ringing) first = earlier(first, call.answer_at);
    if (!call.ok.empty()) first = earlier(first, call.ok_again_at);
  }
  return first;
}

std::optional<std::string> CallPhone::poll() {
  if (out_.empty()) return std::nullopt;
  std::string text = std::move(out_.front());
  out_.pop_front();
  return text;
}

void CallPhone::pump(Now) {
  while (auto event = layer_.poll()) {
    if (auto* send = std::get_if<TransactionLayer::Send>(&*event)) {
      out_.push_back(std::move(send->text));
    } else if (const auto* timeout = std::get_if<TransactionLayer::TimedOut>(&*event)) {
      lost(timeout->client, 408);
    }
  }
}

}  // namespace sim
