#include "im/imdn.h"

#include <catch2/catch.hpp>
#include <vector>

#include "im/cpim.h"
#include "message/media_type.h"

namespace imdn_test {

using namespace sip;

namespace {

using Disposition = Imdn::Disposition;
using Status = Imdn::Status;

/// RFC 5438 7.2.1.1, its line breaks included.
constexpr std::string_view delivered =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\n"
    "      <message-id>34jk324j</message-id>\n      <datetime>2008-04-04T12:16:49-05:00</datetime>\n"
    "     <recipient-uri>im:bob@example.com</recipient-uri>\n      <original-recipient-uri\n"
    "        >im:bob@example.com</original-recipient-uri>\n      <delivery-notification>\n         <status>\n"
    "            <delivered/>\n         </status>\n      </delivery-notification>\n    </imdn>\n";

std::string with(std::string_view notification) {
  return "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:e=\"urn:e\"><message-id>1</message-id>"
         "<datetime>2008-04-04T12:16:49-05:00</datetime>" +
         std::string(notification) + "</imdn>";
}

Imdn parsed(std::string_view document) {
  const auto imdn = Imdn::parse(document);
  INFO(document);
  REQUIRE(imdn);
  return *imdn;
}

}  // namespace

TEST_CASE("the delivery notification of RFC 5438 7.2.1.1 is read") {
  const Imdn imdn = parsed(delivered);
  CHECK(imdn.message_id == "34jk324j");
  CHECK(imdn.date_time == "2008-04-04T12:16:49-05:00");
  CHECK(imdn.recipient_uri == "im:bob@example.com");
  CHECK(imdn.original_recipient_uri == "im:bob@example.com");
  CHECK(imdn.disposition == Disposition::delivery);
  CHECK(imdn.status == Status::delivered);
}

TEST_CASE("the display and processing notifications of RFC 5438 7.2.1.2 and 8.1 are read") {
  std::string text(delivered);
  const auto replace = [&](std::string_view what, std::string_view with_what) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with_what.size()))
      text.replace(at, what.size(), with_what);
  };
  replace("delivery-notification", "display-notification");
  replace("<delivered/>", "<displayed/>");
  CHECK(parsed(text).disposition == Disposition::display);
  CHECK(parsed(text).status == Status::displayed);
  replace("display-notification", "processing-notification");
  replace("<displayed/>", "<processed/>");
  CHECK(parsed(text).disposition == Disposition::processing);
  CHECK(parsed(text).status == Status::processed);
}

TEST_CASE("the aggregate of RFC 5438 8.3 holds both of its notifications") {
  std::string text =
      "From: Bob <im:bob@example.com>\r\nTo: Alice <im:alice@example.com>\r\nNS: imdn "
      "<urn:ietf:params:imdn>\r\n"
      "imdn.Message-ID: d834jied93rf\r\nContent-type: multipart/mixed;\r\n"
      "                   boundary=\"imdn-boundary\"\r\nContent-Disposition: notification\r\n"
      "Content-length: ...\r\n\r\n--imdn-boundary\r\nContent-type: message/imdn+xml\r\n\r\n";
  text += std::string(delivered) + "\r\n--imdn-boundary\r\nContent-type: message/imdn+xml\r\n\r\n";
  text += std::string(delivered) + "\r\n--imdn-boundary\r\n";
  const auto cpim = Cpim::parse(text);
  REQUIRE(cpim);
  CHECK(cpim->content.content_disposition == "notification");
  const auto media = MediaType::parse(cpim->content.content_type);
  REQUIRE(media);
  MultipartReader reader(cpim->content.body, media->params.value("boundary").value_or(""));
  int notifications = 0;
  for (std::string_view part; reader.next(part); ++notifications) {
    const auto entity = MimeEntity::parse(part);
    REQUIRE(entity);
    CHECK(entity->content_type == "message/imdn+xml");
    CHECK(parsed(entity->body).status == Status::delivered);
  }
  CHECK(notifications == 2);
}

TEST_CASE("each status is read where it belongs, and is `other` elsewhere") {
  const auto [element, name, status] = GENERATE(table<const char*, const char*, Status>({
      {"delivery", "delivered", Status::delivered},
      {"delivery", "failed", Status::failed},
      {"delivery", "forbidden", Status::forbidden},
      {"delivery", "error", Status::error},
      {"delivery", "displayed", Status::other},
      {"processing", "processed", Status::processed},
      {"processing", "stored", Status::stored},
      {"processing", "failed", Status::other},
      {"display", "displayed", Status::displayed},
      {"display", "delivered", Status::other},
      {"display", "e:displayed", Status::other},
      {"display", "unheard-of", Status::other},
  }));
  const std::string tag = std::string(element) + "-notification>";
  const std::string text = with("<" + tag + "<status><" + name + "/></status></" + tag);
  CAPTURE(text);
  CHECK(parsed(text).status == status);
}

TEST_CASE("extensions are passed over wherever they may stand (RFC 5438 11.1)") {
  const Imdn imdn = parsed(with(
      "<e:x><status "
      "xmlns=\"urn:ietf:params:xml:ns:imdn\"><failed/></status></e:x><delivery-notification><e:y>"
      "<delivered/></e:y><status><e:z><failed/></e:z><delivered/><failed/></status></delivery-notification>"
      "<display-notification><status><displayed/></status></display-notification><message-id>2</"
      "message-id>"));
  CHECK(imdn.message_id == "1");
  CHECK(imdn.disposition == Disposition::delivery);
  CHECK(imdn.status == Status::delivered);
}

TEST_CASE("a document that is no notification is refused") {
  const std::string notified = "<delivery-notification><status><failed/></status></delivery-notification>";
  for (const std::string& document :
       {std::string(), std::string("hello"), std::string("<imdn/>"), with(""),
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">" + notified + "</imdn>",
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id> </message-id>" + notified + "</imdn>",
        "<imdn><message-id>1</message-id>" + notified + "</imdn>", with(notified).substr(0, 200),
        with(notified) + "<x/>", "<!DOCTYPE imdn>" + with(notified)}) {
    CAPTURE(document);
    CHECK_FALSE(Imdn::parse(document));
  }
}

TEST_CASE("what is written is read again as it was, for every status") {
  const auto [disposition, status] = GENERATE(table<Disposition, Status>({
      {Disposition::delivery, Status::delivered},
      {Disposition::delivery, Status::failed},
      {Disposition::processing, Status::processed},
      {Disposition::processing, Status::stored},
      {Disposition::display, Status::displayed},
      {Disposition::display, Status::forbidden},
      {Disposition::delivery, Status::error},
      {Disposition::display, Status::other},
  }));
  const Imdn imdn{"a&b", "2008-04-04T12:16:49-05:00", "sip:<bob>@example.org", "sip:b", disposition, status};
  const Imdn again = parsed(imdn.write());
  CHECK(again.message_id == imdn.message_id);
  CHECK(again.date_time == imdn.date_time);
  CHECK(again.recipient_uri == imdn.recipient_uri);
  CHECK(again.original_recipient_uri == imdn.original_recipient_uri);
  CHECK(again.disposition == disposition);
  CHECK(again.status == status);
}

TEST_CASE("Disposition-Notification is a list, and what is not known in it is ignored") {
  const auto request =
      DispositionRequest::parse("positive-delivery , display;x=1,unheard-of,, negative-delivery");
  CHECK(request.positive_delivery);
  CHECK(request.negative_delivery);
  CHECK(request.display);
  CHECK_FALSE(request.processing);
  for (const char* nothing : {"", " ", "Display", "displayed", "positive"})
    CHECK(DispositionRequest::parse(nothing).write().empty());
  const std::string all = "positive-delivery, negative-delivery, processing, display";
  CHECK(DispositionRequest::parse(all).write() == all);
  CHECK(DispositionRequest::parse("display").write() == "display");
}

TEST_CASE("the subject of the message is repeated, with its language (RFC 5438 11.1.5)") {
  Imdn imdn;
  imdn.message_id = "m1";
  imdn.status = Status::delivered;
  imdn.subject = "<Lunch> & more";
  CHECK(imdn.write().find("<subject>&lt;Lunch&gt; &amp; more</subject>") != std::string::npos);
  imdn.subject_language = "en";
  const std::string document = imdn.write();
  CHECK(document.find("<subject xml:lang=\"en\">") != std::string::npos);
  CHECK(parsed(document).subject == "<Lunch> & more");
}

}  // namespace imdn_test
