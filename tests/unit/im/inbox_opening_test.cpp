#include <catch2/catch.hpp>
#include <string>

#include "inbox_bench.h"
#include "toy_cipher.h"

namespace inbox_opening_test {

using namespace sip;

namespace {

const std::string alice = "sip:alice@example.org";
const std::string bob = "sip:bob@example.org";

Phone phone_with(const std::string& content_type, const std::string& body) {
  return {.fields = {"Content-Type: " + content_type, "Date: Tue, 24 Nov 2026 11:00:00 GMT"}, .body = body};
}

Sealed sealed(const std::string& content_type, const std::string& body) {
  return toy::seal(alice, bob, content_type, body);
}

Phone sealed_phone(const std::string& content_type, const std::string& body) {
  const Sealed what = sealed(content_type, body);
  return phone_with(what.content_type, what.body);
}

Answer opened(const Sealed& what) { return toy::open(alice, what.body); }

Opened with(Protection protection, const std::string& signer, const Sealed& inside) {
  return {inside.content_type, inside.body, protection, signer};
}

std::string cpim(const std::string& id, const std::string& type, const std::string& body) {
  return "From: Bob B <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nNS: imdn "
         "<urn:ietf:params:imdn>\r\nimdn.Message-ID: " +
         id + "\r\nimdn.Disposition-Notification: positive-delivery\r\n\r\nContent-Type: " + type +
         "\r\n\r\n" + body;
}

InboxBench bench_with_driver() { return {.end_to_end = EndToEnd::driver, .questions = {}}; }

}  // namespace

TEST_CASE("what is sealed is opened before it is judged, and the text tells how it was protected") {
  InboxBench bench = bench_with_driver();
  const Sealed what = sealed("text/plain", "hello");
  const Judgement judgement = bench.judge(phone_with(what.content_type, what.body), {opened(what)});
  const auto& asked = std::get<Open>(bench.questions.at(0));
  CHECK(asked.sender == bob);
  CHECK(asked.content_type == what.content_type);
  CHECK(asked.body == what.body);
  CHECK(judgement.status == 200);
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "hello");
  CHECK(judgement.message->content_type == "text/plain");
  CHECK(judgement.message->protection == Protection::signed_and_encrypted);
  CHECK(judgement.message->signer == bob);
}

TEST_CASE("where nobody opens what is sealed it gets 415, and Accept does not list it") {
  const std::string type = GENERATE("application/pkcs7-mime", "Application/PKCS7-MIME;smime-type=signed-data",
                                    "multipart/signed;boundary=x;protocol=\"application/pkcs7-signature\"");
  InboxBench bench;
  const Judgement judgement = bench.judge(phone_with(type, "hello"));
  CHECK(judgement.status == 415);
  CHECK(value(judgement, HeaderName::accept) == std::string(understood_types));
  InboxBench opener = bench_with_driver();
  opener.judge(phone_with(type, "hello"), {Opened{.content_type = "text/plain", .body = "hello"}});
  CHECK(std::get<Open>(opener.questions.at(0)).content_type == type);
}

TEST_CASE("who can open what is sealed says so in Accept") {
  InboxBench bench = bench_with_driver();
  const std::string everything = std::string(understood_types) +
                                 ", application/pkcs7-mime, multipart/signed, application/pkcs7-signature";
  CHECK(value(bench.judge({.method = "OPTIONS", .fields = {}, .body = ""}), HeaderName::accept) ==
        everything);
  const Judgement judgement = bench.judge(phone_with("image/png", "x"));
  CHECK(judgement.status == 415);
  CHECK(value(judgement, HeaderName::accept) == everything);
}

TEST_CASE("what can't be opened is refused with the status that says why") {
  const auto [reason, status] =
      GENERATE(table<NotOpened::Reason, int>({{NotOpened::Reason::undecipherable, 493},
                                              {NotOpened::Reason::unsupported, 415},
                                              {NotOpened::Reason::malformed, 400}}));
  InboxBench bench = bench_with_driver();
  const Judgement judgement = bench.judge(sealed_phone("text/plain", "hello"), {NotOpened{reason}});
  CHECK(judgement.status == status);
  CHECK(judgement.body.empty());
  CHECK_FALSE(judgement.message);
}

TEST_CASE("493 brings along the certificate that the driver gives, if that can stand in a message") {
  InboxBench bench = bench_with_driver();
  NotOpened refusal{.content_type = "application/pkcs7-mime;smime-type=certs-only", .body = "\x30\x82"};
  const Judgement judgement = bench.judge(sealed_phone("text/plain", "hello"), {refusal});
  CHECK(judgement.status == 493);
  CHECK(judgement.content_type == refusal.content_type);
  CHECK(judgement.body == "\x30\x82");
  refusal.content_type += "\r\nInjected: yes";
  CHECK(bench.judge(sealed_phone("text/plain", "hello"), {refusal}).content_type.empty());
}

TEST_CASE("CPIM is read inside what is sealed, and what is sealed inside CPIM") {
  InboxBench bench = bench_with_driver();
  const Sealed whole = sealed("message/cpim", cpim("m1", "text/plain", "hello"));
  const Sealed payload = sealed("text/plain", "hello");
  const Phone phones[] = {phone_with(whole.content_type, whole.body),
                          phone_with("message/cpim", cpim("m2", payload.content_type, payload.body))};
  const Sealed seals[] = {whole, payload};
  for (std::size_t i : {0U, 1U}) {
    Phone phone = phones[i];
    phone.call_id = "call-" + std::to_string(i);
    const Judgement judgement = bench.judge(phone, {opened(seals[i])});
    CHECK(judgement.is_cpim);
    REQUIRE(judgement.message);
    CHECK(judgement.message->body == "hello");
    CHECK(judgement.message->id == (i == 0 ? "m1" : "m2"));
    CHECK(judgement.message->display_name == "Bob");
    CHECK(judgement.message->protection == Protection::signed_and_encrypted);
    REQUIRE(judgement.request);
    CHECK(judgement.request->message_id == judgement.message->id);
  }
}

TEST_CASE("of a CPIM inside a sealed body inside another CPIM the inner one counts") {
  InboxBench bench = bench_with_driver();
  const Sealed inner =
      sealed("message/cpim", "From: <sip:bob@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nhello");
  const Judgement judgement = bench.judge(
      phone_with("message/cpim", cpim("forged", inner.content_type, inner.body)), {opened(inner)});
  REQUIRE(judgement.message);
  CHECK(judgement.message->id == "call-1");
  CHECK_FALSE(judgement.request);
}

TEST_CASE("protections add up, and the outermost signature is the one that counts") {
  InboxBench bench = bench_with_driver();
  const Sealed innermost = sealed("text/plain", "hello");
  const Sealed middle = sealed(innermost.content_type, innermost.body);
  const Sealed outer = sealed(middle.content_type, middle.body);
  const Phone phone = phone_with(outer.content_type, outer.body);
  const Opened text{.content_type = "text/plain", .body = "hello"};
  const Opened by_carol{.content_type = "text/plain",
                        .body = "hello",
                        .protection = Protection::signed_only,
                        .signer = "sip:carol@example.org"};
  const auto protection_of = [&](const std::vector<Answer>& answers) {
    InboxBench fresh = bench_with_driver();
    const Judgement judgement = fresh.judge(phone, answers);
    REQUIRE(judgement.message);
    return std::pair(judgement.message->protection, judgement.message->signer);
  };
  CHECK(protection_of({text}) == std::pair(Protection::none, std::string()));
  CHECK(protection_of({with(Protection::encrypted_only, {}, middle), by_carol}) ==
        std::pair(Protection::signed_and_encrypted, std::string("sip:carol@example.org")));
  CHECK(protection_of({with(Protection::signed_only, bob, middle), by_carol}) ==
        std::pair(Protection::signed_only, bob));
}

TEST_CASE("what is wrapped again and again is opened so often and no more") {
  InboxBench bench = bench_with_driver();
  const Sealed what = sealed("text/plain", "hello");
  const Answer wrapped = with(Protection::encrypted_only, {}, what);
  const std::vector<Answer> answers(ContentAnswers::max_questions, wrapped);
  CHECK(bench.judge(phone_with(what.content_type, what.body), answers).status == 415);
  std::vector<Answer> enough(ContentAnswers::max_questions - 1, wrapped);
  enough.push_back(opened(what));
  CHECK(bench.judge(phone_with(what.content_type, what.body), enough).status == 200);
}

TEST_CASE("a part that is sealed is opened, and the whole is protected as far as each of its texts is") {
  const Sealed one = sealed("text/plain", "one");
  const auto part = [](const std::string& type, const std::string& body) {
    return "--b\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n";
  };
  const std::string mixed = "multipart/mixed;boundary=b";
  const Opened first = with(Protection::signed_and_encrypted, bob, {"text/plain", "one"});
  const Opened second = with(Protection::signed_only, bob, {"text/plain", "two"});
  const std::string all = part(one.content_type, "x") + part("multipart/signed;boundary=c", "y") + "--b--";
  InboxBench bench = bench_with_driver();
  const Judgement sealed_all = bench.judge(phone_with(mixed, all), {first, second});
  REQUIRE(sealed_all.message);
  CHECK(sealed_all.message->body == "one\r\ntwo");
  CHECK(sealed_all.message->protection == Protection::signed_only);
  CHECK(sealed_all.message->signer == bob);
  const std::string half = part(one.content_type, "x") + part("text/plain", "in the clear") + "--b--";
  const Judgement sealed_half = bench.judge(phone_with(mixed, half), {first});
  REQUIRE(sealed_half.message);
  CHECK(sealed_half.message->protection == Protection::none);
  CHECK(sealed_half.message->signer.empty());
}

TEST_CASE("an alternative that has to be asked about is, before an earlier one is shown") {
  const std::string parts =
      "--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/plain;charset=koi8-r\r\n\r\nx\r\n--b--";
  InboxBench bench;
  const Phone phone = phone_with("multipart/alternative;boundary=b", parts);
  CHECK(bench.judge(phone, {Decoded{"richer"}}).message->body == "richer");
  InboxBench other;
  CHECK(other.judge(phone, {NotDecoded{}}).message->body == "plain");
}

TEST_CASE("a sealed body may be encoded inside CPIM, and its disposition is that of the seal") {
  const std::string body =
      "\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=smime.p7m\r\n\r\naGVsbG8=";
  InboxBench bench = bench_with_driver();
  const Judgement judgement = bench.judge(phone_with("message/cpim", "From: <sip:b@c>\r\n" + body),
                                          {with(Protection::encrypted_only, "", {"text/plain", "inside"})});
  CHECK(std::get<Open>(bench.questions.at(0)).body == "hello");
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "inside");
}

TEST_CASE("the subject that is sealed counts, not the one around it") {
  const Sealed inside = sealed("message/cpim", "Subject: true\r\n\r\nContent-Type: text/plain\r\n\r\nhello");
  Phone phone = phone_with(inside.content_type, inside.body);
  phone.fields.emplace_back("Subject: false");
  InboxBench bench = bench_with_driver();
  CHECK(bench.judge(phone, {opened(inside)}).message->fields.subject == "true");
}

TEST_CASE("a charset is asked for inside what is sealed") {
  InboxBench bench = bench_with_driver();
  const Sealed what = sealed("text/plain;charset=shift_jis", "\x82\xb1");
  const Judgement judgement =
      bench.judge(phone_with(what.content_type, what.body), {opened(what), Decoded{"こ"}});
  CHECK(std::get<Decode>(bench.questions.at(1)).bytes == "\x82\xb1");
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "こ");
  CHECK(judgement.message->protection == Protection::signed_and_encrypted);
}

TEST_CASE("a repeat that was sealed anew, or comes in the clear, is the same message") {
  InboxBench bench = bench_with_driver();
  const auto shows = [&](const Sealed& what) {
    const Judgement judgement = bench.judge(phone_with(what.content_type, what.body), {opened(what)});
    CHECK(judgement.status == 200);
    return judgement.message.has_value();
  };
  CHECK(shows(sealed("text/plain", "hello")));
  CHECK_FALSE(shows(sealed("text/plain;charset=utf-8", "hello")));
  CHECK_FALSE(bench.shows(phone_with("text/plain", "hello")));
  CHECK(shows(sealed("text/plain", "other")));
}

TEST_CASE("notifications and typing come sealed too") {
  InboxBench bench = bench_with_driver();
  const std::string imdn =
      "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m1</message-id>"
      "<datetime>2026-11-24T12:00:00Z</datetime><delivery-notification><status><delivered/></status>"
      "</delivery-notification></imdn>";
  const std::string headers = "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: n1\r\n\r\n";
  const std::string entity =
      "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n" + imdn;
  const Sealed told = sealed("message/cpim", headers + entity);
  CHECK(bench.judge(phone_with(told.content_type, told.body), {opened(told)}).notifications.size() == 1);
  const Sealed typing = sealed("application/im-iscomposing+xml", IsComposing{}.write());
  CHECK(bench.judge(phone_with(typing.content_type, typing.body), {opened(typing)}).composing);
}

TEST_CASE("an answer to another kind of question is none") {
  ContentAnswers answers(EndToEnd::driver, bob);
  CHECK_FALSE(answers.opened("application/pkcs7-mime", "x"));
  CHECK(answers.take_question());
  CHECK_FALSE(answers.take_question());
  for (Answer wrong :
       {Answer(Decoded{}), Answer(NotDecoded{}), Answer(Sealed{}), Answer(InTheClear{}), Answer(NotSealed{})})
    CHECK_FALSE(answers.accept(wrong));
  Answer right = Opened{};
  CHECK(answers.accept(right));
  answers.rewind();
  CHECK(answers.opened("application/pkcs7-mime", "x"));
  CHECK(answers.decoded("koi8-r", "x").error().code == Errc::unanswered);
  CHECK(answers.take_question());
  Answer wrong = Opened{};
  CHECK_FALSE(answers.accept(wrong));
}

}  // namespace inbox_opening_test
