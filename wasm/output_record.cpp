#include "output_record.h"

#include "enumerators.h"
#include "record.h"

namespace bridge {
namespace {

using sip::UserAgent;

double to_number(sip::JobId job) { return static_cast<double>(job); }
double to_number(sip::FlowId flow) { return static_cast<double>(flow); }
double to_number(sip::UnixTime time) { return static_cast<double>(time.time_since_epoch().count()); }

/// One overload for each output; the type is its row in ABI.md.
struct Write {
  RecordWriter& out;

  void operator()(const UserAgent::OpenFlow& open) { out.type(1).number(static_cast<double>(open.server)); }
  void operator()(const UserAgent::CloseFlow& close) { out.type(2).number(to_number(close.flow)); }
  void operator()(const UserAgent::SendBytes& send) {
    out.type(3).number(to_number(send.flow)).string(send.bytes);
  }
  void operator()(const UserAgent::Registered& registered) {
    out.type(4).number(static_cast<double>(registered.expires.count()));
    out.string(registered.public_gruu).string(registered.temporary_gruu);
  }
  void operator()(const UserAgent::Unregistered&) { out.type(5); }
  void operator()(const UserAgent::RegistrationFailed& failed) {
    const double retry_in = failed.retry_in ? static_cast<double>(failed.retry_in->count()) : -1;
    out.type(6).string(to_text(failed.trouble)).number(failed.status).string(failed.phrase).number(retry_in);
    out.string(failed.authz_server).string(failed.scope);
  }
  void operator()(const UserAgent::MessageReceived& message) {
    out.type(7).string(message.from).string(message.display_name).string(message.content_type);
    out.string(message.body).string(message.id);
    out.number(to_number(message.sent)).string(to_text(message.protection)).string(message.signer);
    out.string(message.fields.subject).string(message.fields.in_reply_to).string(message.fields.priority);
    out.string(message.fields.content_language).string(message.fields.content_disposition);
    out.number(message.expires ? to_number(*message.expires) : -1);
    const sip::DialogId dialog = message.dialog.value_or(sip::DialogId{});
    out.string(dialog.call_id).string(dialog.local_tag).string(dialog.remote_tag);
  }
  void operator()(const UserAgent::DeliveryChanged& changed) {
    const sip::Delivery& delivery = changed.delivery;
    out.type(8).string(delivery.id).string(to_text(delivery.state)).string(to_text(delivery.reason));
    out.number(delivery.status).string(delivery.phrase).number(static_cast<double>(delivery.excess));
    out.number(delivery.retry_at ? to_number(*delivery.retry_at) : 0);
    out.number(delivery.has_asked ? 1 : 0).number(delivery.is_plain ? 1 : 0);
  }
  void operator()(const UserAgent::PeerComposing& composing) {
    const bool is_active = composing.state == sip::IsComposing::State::active;
    out.type(9).string(composing.peer).number(is_active ? 1 : 0);
  }
  void operator()(const sip::Seal& seal) {
    out.type(10).number(to_number(seal.job)).string(seal.recipient).string(seal.content_type);
    out.string(seal.body).number(seal.must_be_sealed ? 1 : 0);
  }
  void operator()(const sip::Open& open) {
    out.type(11).number(to_number(open.job)).string(open.sender).string(open.content_type).string(open.body);
  }
  void operator()(const sip::Decode& decode) {
    out.type(12).number(to_number(decode.job)).string(decode.charset).string(decode.bytes);
  }
};

}  // namespace

std::string to_record(const UserAgent::Output& output) {
  RecordWriter out;
  std::visit(Write{out}, output);
  return out.finish();
}

}  // namespace bridge
