#include "config/command_line.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace command_line_test {

using namespace relay;

namespace {

Configured<Command> parse(std::vector<std::string> arguments) {
  return parse_command_line(arguments, "1.2.3");
}

Config config_of(std::vector<std::string> arguments) {
  const auto command = parse(std::move(arguments));
  REQUIRE(command);
  const ConfigReading& reading = std::get<RunCommand>(*command).reading;
  REQUIRE(reading.error.message == "");
  return reading.config;
}

std::vector<int> ports_of(const Config& config, sip::Protocol protocol) {
  std::vector<int> ports;
  for (const sip::Endpoint& each : config.listeners)
    if (each.protocol == protocol) ports.push_back(each.port);
  return ports;
}

std::string error_of(std::vector<std::string> arguments) {
  const auto command = parse(std::move(arguments));
  if (!command) return command.error();
  const auto* check = std::get_if<CheckCommand>(&*command);
  const ConfigReading& reading = check ? check->reading : std::get<RunCommand>(*command).reading;
  return reading.error.empty() ? "none" : reading.error.message;
}

/// A file that is gone when the test is over.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sipmsg-config-XXXXXX").string();
    const int descriptor = mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    name_ = pattern;
    std::ofstream(name_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(name_); }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace

TEST_CASE("options of the command line reach the configuration") {
  const Config config =
      config_of({"--domain", "example.com", "--ws", "127.0.0.1:8060", "--udp=127.0.0.1:5060", "--data",
                 ":memory:", "--auth", "none", "--web", ".", "--mailbox-days", "7", "--message-path",
                 "congestion-safe", "--log-level", "debug"});
  CHECK(config.domain == "example.com");
  CHECK(ports_of(config, sip::Protocol::ws) == std::vector{8060});
  CHECK(ports_of(config, sip::Protocol::udp) == std::vector{5060});
  CHECK(ports_of(config, sip::Protocol::tcp).empty());
  CHECK(config.data == in_memory);
  CHECK(config.authentication == Authentication::none);
  CHECK(config.web == ".");
  CHECK(config.mailbox == Mailboxes::for_users);
  CHECK(config.mailbox_days == 7);
  CHECK(config.message_path == sip::Path::congestion_safe);
  CHECK(config.log_level == LogLevel::debug);
}

TEST_CASE("there may be several listeners of a kind") {
  const Config config = config_of({"--udp", "127.0.0.1:1", "--tcp", "127.0.0.1:3", "--udp", "127.0.0.1:2"});
  CHECK(ports_of(config, sip::Protocol::udp) == std::vector{1, 2});
  CHECK(error_of({"--udp", "127.0.0.1:1", "127.0.0.1:2"}).find("127.0.0.1:2") != std::string::npos);
}

TEST_CASE("there may be several routes, one each time") {
  const Config config = config_of({"--udp", "127.0.0.1:5060", "--route", "a.test=udp:192.0.2.1:5060",
                                   "--route", "b.test=tls:192.0.2.2:5061"});
  CHECK(config.routes.size() == 2);
}

TEST_CASE("the command line wins over the configuration file") {
  const TemporaryFile file(
      R"({"udp": ["127.0.0.1:1", "127.0.0.1:3"], "tcp": "127.0.0.1:4", "domain": "file.example"})");
  const Config config = config_of({"--udp", "127.0.0.1:2", "--config", file.name()});
  CHECK(ports_of(config, sip::Protocol::udp) == std::vector{2});
  CHECK(ports_of(config, sip::Protocol::tcp) == std::vector{4});
  CHECK(config.domain == "file.example");
}

TEST_CASE("everything wrong with file and command line is said at once") {
  const TemporaryFile file(R"({"auth": "basic", "udp": "127.0.0.1:1"})");
  CHECK(error_of({"--config", file.name(), "--log-level", "loud", "--domain", "a b"}) ==
        file.name() + ": \"auth\" must be digest or none, not \"basic\"\n" +
            "--domain: must be a host name or address, not \"a b\"\n"
            "--log-level: must be trace, debug, info, warn, error or off, not \"loud\"");
  CHECK(error_of({"--wss", "127.0.0.1:0", "--web", "no/such/directory"}) ==
        "certificate: is needed by wss, tls and private-key\n"
        "private-key: is needed by wss, tls and certificate\n"
        "web: there is no directory \"no/such/directory\"");
}

TEST_CASE("what is wrong with a value hides nothing of what is wrong between the others") {
  const TemporaryFile file(R"({"auth": "basic", "wss": "127.0.0.1:0", "web": "no/such/directory"})");
  CHECK(error_of({"--config", file.name(), "--certificate", "a.pem"}) ==
        file.name() + ": \"auth\" must be digest or none, not \"basic\"\n" +
            "private-key: is needed by wss, tls and certificate\n"
            "web: there is no directory \"no/such/directory\"");
}

TEST_CASE("of a file that is of no use nothing more is said, but of the command line") {
  const TemporaryFile file("{");
  for (const std::string& name : {file.name(), std::string("no/such/file")}) {
    CHECK(error_of({"--config", name}).find('\n') == std::string::npos);
    CHECK(error_of({"--config", name, "--auth", "basic", "--web", "no/such/directory"})
              .ends_with("\n--auth: must be digest or none, not \"basic\"\n"
                         "web: there is no directory \"no/such/directory\""));
  }
}

TEST_CASE("a value of the command line that is refused leaves no room for that of the file") {
  const TemporaryFile file(R"({"udp": "127.0.0.1:0", "web": "no/such/directory", "trusted": "192.0.2.1"})");
  CHECK(error_of({"--config", file.name(), "--web", "", "--udp", "x"}) ==
        "--udp: must be ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060, not \"x\"\n"
        "--web: must be a directory, not \"\"");
  CHECK(error_of({"--config", file.name(), "--connection-reuse", "trusted", "--trusted", "x", "--web", ".",
                  "--data", ":memory:"}) ==
        "--trusted: must be an address, as 192.0.2.1 or 2001:db8::1, not \"x\"");
}

TEST_CASE("a configuration can be checked without running") {
  const auto command = parse({"--check-config", "--udp", "127.0.0.1:0"});
  REQUIRE(command);
  CHECK(ports_of(std::get<CheckCommand>(*command).reading.config, sip::Protocol::udp) == std::vector{0});
  CHECK(error_of({"--check-config"}).starts_with("ws, wss, udp, tcp, tls: nothing to listen on"));
}

TEST_CASE("a mistake on the command line is one line that names the option") {
  const auto beside_udp = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--udp", "127.0.0.1:0"});
    return error_of(std::move(arguments));
  };
  CHECK(beside_udp({"--auth", "basic"}) == "--auth: must be digest or none, not \"basic\"");
  CHECK(beside_udp({"--colour", "red"}) == "--colour: is unknown");
  CHECK(beside_udp({"--colour=red", "--size"}) == "--colour=red: is unknown\n--size: is unknown");
  CHECK(beside_udp({"stray"}) == "stray: is unknown");
  CHECK(beside_udp({"127.0.0.1:1"}) == "127.0.0.1:1: is unknown");
  CHECK(beside_udp({"--web", "a", "--web", "b"}) == "--web: must have one value");
  CHECK(beside_udp({"--domain"}) == "--domain: must be a host name or address, not \"\"");
  CHECK(beside_udp({"--config", "a", "--config", "b"}).find("--config") != std::string::npos);
  CHECK(error_of({"--ws", ""}).starts_with("--ws: must be ADDRESS:PORT"));
  CHECK(error_of({"--ws"}) == error_of({"--ws", ""}));
  CHECK(error_of({"--config", "no/such/file"}) == "config: cannot read \"no/such/file\"");
  CHECK(error_of({"--config"}) == "config: cannot read \"\"");
  CHECK(error_of({}).starts_with("ws, wss, udp, tcp, tls: nothing to listen on"));
}

TEST_CASE("a mistake on the command line hides nothing that is wrong with the file") {
  const TemporaryFile file(R"({"udp": "127.0.0.1:0", "auth": "basic", "web": "no/such/directory"})");
  for (const auto& [mistake, line] : {std::pair{"--colour", "--colour: is unknown"},
                                      {"--domain", "--domain: must be a host name or address, not \"\""},
                                      {"stray", "stray: is unknown"}})
    CHECK(error_of({"--check-config", "--config", file.name(), mistake}) ==
          file.name() + ": \"auth\" must be digest or none, not \"basic\"\n" + line +
              "\nweb: there is no directory \"no/such/directory\"");
}

TEST_CASE("help and version are texts to print") {
  const auto help = parse({"--help"});
  REQUIRE(help);
  for (const auto key : config_keys)
    CHECK(std::get<TextCommand>(*help).text.find("--" + std::string(key)) != std::string::npos);
  const auto version = parse({"--version"});
  REQUIRE(version);
  CHECK(std::get<TextCommand>(*version).text == "sipmsg-relay 1.2.3\n");
}

TEST_CASE("user commands name an account and the directory that keeps it") {
  const auto command = parse({"user", "add", "Alice@Example.com", "--data", "accounts"});
  REQUIRE(command);
  const auto& add = std::get<UserCommand>(*command);
  CHECK(add.action == UserCommand::Action::add);
  CHECK(add.user == "Alice");
  CHECK(add.domain == "example.com");
  CHECK(add.data == "accounts");
  const auto passwd = parse({"user", "passwd", "bob@[::1]"});
  REQUIRE(passwd);
  CHECK(std::get<UserCommand>(*passwd).action == UserCommand::Action::passwd);
  CHECK(std::get<UserCommand>(*passwd).data == Config().data);
}

TEST_CASE("user list takes no account and reads the directory from the configuration file") {
  const TemporaryFile file(R"({"data": "kept/here"})");
  const auto command = parse({"user", "list", "--config", file.name()});
  REQUIRE(command);
  CHECK(std::get<UserCommand>(*command).action == UserCommand::Action::list);
  CHECK(std::get<UserCommand>(*command).data == "kept/here");
  CHECK(error_of({"user", "list", "alice@example.com"}) != "none");
}

TEST_CASE("user commands that can't work are refused") {
  CHECK(error_of({"user"}) != "none");
  CHECK(error_of({"user", "rename", "a@b"}) != "none");
  CHECK(error_of({"user", "add"}) != "none");
  CHECK(error_of({"user", "add", "a@b", "--ws", "127.0.0.1:0"}).find("--ws") != std::string::npos);
  CHECK(error_of({"user", "add", "a@b", "--data"}) == "--data: must be a directory or :memory:, not \"\"");
  CHECK(error_of({"--colour", "user", "list"}) == "--colour: is unknown");
  CHECK(error_of({"user", "add", "alice"}) == "user: must be USER@DOMAIN, as alice@example.com");
  CHECK(error_of({"user", "add", "a@b", "--data", ":memory:"}) ==
        "user: needs --data DIR: what is kept in memory is gone when the command ends");
}

}  // namespace command_line_test
