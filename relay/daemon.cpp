#include "daemon.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <variant>

#include "admin/gate.h"
#include "admin_desk.h"
#include "config/config_change.h"
#include "config/token_file.h"
#include "exit_code.h"
#include "net/http_service.h"
#include "net/machine_addresses.h"
#include "net/reactor.h"
#include "net/signal_mask.h"
#include "ops/json_formatter.h"
#include "ops/metrics.h"
#include "privileges.h"
#include "store/credential_store.h"
#include "store/mailbox_store.h"
#include "store/route_key.h"
#include "stores.h"

namespace relay {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

void start_log(const Config& config) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("relay"));
  switch (config.log_format) {
    case LogFormat::text: spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v"); break;
    case LogFormat::json: spdlog::set_formatter(std::make_unique<JsonFormatter>()); break;
  }
  spdlog::set_level(spdlog_level(config.log_level));
}

/// How many files may be open at once: besides the connections and what of the page they are given, those of
/// the services for the operator, what is listened on, the databases, the event loops, questions to the DNS,
/// and what is read on SIGHUP.
rlim_t files_needed(const Config& config) {
  constexpr rlim_t of_any_relay = 32;  // 15 at rest
  constexpr rlim_t of_event_loop = 3;
  constexpr rlim_t of_service = HttpService::max_connections + 1;
  const rlim_t of_services = (config.metrics ? of_service : 0) + (config.admin ? of_service : 0);
  const rlim_t of_connection = config.web.empty() ? 1 : 2;  // it may take a file of the page
  return of_connection * config.limit_open_connections + config.listeners.size() + of_services +
         of_event_loop * config.io_threads + of_any_relay;
}

/// The usual soft limit is far below the hard one.
void raise_descriptor_limit(const Config& config) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < files_needed(config))
    spdlog::warn("limit-open-connections: {} connections need {} open files, and {} may be open here",
                 config.limit_open_connections, files_needed(config), limit.rlim_cur);
}

void warn_of_root(const Config& config) {
  const bool is_public = std::any_of(config.listeners.begin(), config.listeners.end(),
                                     [](const sip::Endpoint& each) { return !each.address.is_loopback(); });
  if (geteuid() == 0 && is_public) spdlog::warn("this is root, who may do anything here: use run-as");
}

/// What the page reads as settings.json.
std::string web_settings(const Config& config) {
  const bool is_safe = config.message_path == sip::Path::congestion_safe;
  return std::string("{\"congestionSafe\":") + (is_safe ? "true" : "false") + "}\n";
}

/// What the files that the configuration names are read into.
struct Files {
  std::optional<TlsIdentity> identity;
  TlsTrust trust{{}};
  std::string admin_token;  ///< empty for none
};

/// Gives a line for each file that is of no use.
ConfigError load(const Config& config, Files& files) {
  ConfigError error;
  files = {};
  if (!config.certificate.empty() || !config.private_key.empty()) {
    files.identity.emplace(config.certificate, config.private_key);
    for (const std::string& problem : files.identity->load()) error.add(problem);
  }
  files.trust = TlsTrust(config.trusted_authorities);
  if (const auto problem = files.trust.load()) error.add(*problem);
  if (!config.admin_token_file.empty()) {
    const auto token = read_token(config.admin_token_file);
    if (token) {
      files.admin_token = *token;
    } else {
      error.add(token.error());
    }
  }
  return error;
}

bool name_same_files(const Config& one, const Config& other) {
  return one.certificate == other.certificate && one.private_key == other.private_key &&
         one.trusted_authorities == other.trusted_authorities &&
         one.admin_token_file == other.admin_token_file;
}

ConfigError find_errors(const ConfigReading& reading, Files& files) {
  ConfigError error = reading.error;
  error.add(load(reading.config, files));
  return error;
}

Limits limits_of(const Config& config) {
  constexpr std::uint32_t users_of_source = 10;
  constexpr sip::Seconds while_guessing{900};
  return {.messages = {config.limit_messages, sip::Seconds(60)},
          .wrong_passwords = {config.limit_wrong_passwords, while_guessing},
          .wrong_passwords_of_source = {users_of_source * config.limit_wrong_passwords, while_guessing}};
}

IntakeLimits intake_of(const Config& config) {
  return {.arrival = sip::Seconds(config.limit_arrival_seconds),
          .messages = {config.limit_connection_messages, sip::Seconds(1)},
          .bytes = {config.limit_connection_kilobytes << 10, sip::Seconds(1)}};
}

AdjustableSettings adjustable_settings_of(const Config& config) {
  return {.routes = config.routes,
          .upstreams = config.upstreams,
          .keeps_messages_for = keeps_messages_for(config),
          .limits = limits_of(config),
          .trusted = config.trusted,
          .reachable_by = config.strangers == Strangers::allowed ? Settings::ReachableBy::anyone
                                                                 : Settings::ReachableBy::known};
}

OriginPolicy origins_of(const Config& config) {
  std::vector<std::string> own_hosts = config.names;
  own_hosts.push_back(config.domain);
  return {config.origins, std::move(own_hosts)};
}

Reactor::Adjustable adjustable_of(const Config& config, Files files) {
  return {.flows = {.origins = origins_of(config),
                    .compression =
                        config.ws_compression == WsCompression::on ? Compression::deflate : Compression::none,
                    .identity = std::move(files.identity),
                    .trust = std::move(files.trust),
                    .intake = intake_of(config)},
          .relay = adjustable_settings_of(config),
          .connections = {config.limit_open_connections, {config.limit_connections, sip::Seconds(60)}},
          .drain_limit = std::chrono::seconds(config.drain_seconds)};
}

Settings settings_of(const Config& config) {
  Settings settings;
  static_cast<AdjustableSettings&>(settings) = adjustable_settings_of(config);
  settings.domain = config.domain;
  settings.names = config.names;
  settings.addresses = machine_addresses(config.listeners);
  settings.authenticate = config.authentication == Authentication::digest;
  if (config.connection_reuse == ConnectionReuse::trusted)
    settings.connection_reuse = ConnectionAlias::Policy::trusted;
  if (config.mailbox == Mailboxes::for_everyone)
    settings.keeps_messages_of = Settings::KeepsMessagesOf::everyone;
  return settings;
}

/// Why a change can't be adopted, and what would have to be with it.
ConfigError with_restarts(const ConfigChange& change) {
  ConfigError error = change.error;
  for (const std::string_view key : change.need_restart)
    error.add(std::string(key) + ": what is new of it needs a restart first");
  return error;
}

/// What runs, and what the operator may ask of it.
class Daemon {
 public:
  Daemon(const Config& config, ReadConfig read_config, const std::string& version, Files files,
         CredentialStore credentials, std::optional<MailboxStore> mailbox)
      : config_(config),
        read_config_(std::move(read_config)),
        gate_(files.admin_token),
        metrics_(version),
        reactor_(StaticFiles(config.web, web_settings(config)), config.io_threads,
                 adjustable_of(config, std::move(files)), metrics_),
        credentials_(std::move(credentials)) {
    reactor_.follow(config_.traced);
    if (mailbox) mailbox_.emplace(*std::move(mailbox));
    desk_.emplace(gate_, config_.domain, reactor_, credentials_, mailbox_ ? &*mailbox_ : nullptr);
  }

  /// Gives a sentence for the terminal when it can't.
  std::optional<std::string> listen() {
    for (const sip::Endpoint& listener : config_.listeners)
      if (auto problem = reactor_.listen(listener)) return problem;
    if (config_.metrics) {
      const auto handler = [this](const HttpRequest& request, HttpReply reply) {
        tell_how_it_is(request, std::move(reply));
      };
      if (auto problem = reactor_.serve("metrics", *config_.metrics, handler)) return problem;
    }
    if (config_.admin) {
      const auto handler = [this](const HttpRequest& request, HttpReply reply) {
        desk_->take(request, std::move(reply));
      };
      if (auto problem = reactor_.serve("admin", *config_.admin, handler)) return problem;
    }
    return reactor_.ask(config_.dns_server);
  }

  /// False where the disk was too slow for the end: then a thread still waits for it.
  bool run(const sip::Seed& seed, const sip::Seed& route_key) {
    Settings settings = settings_of(config_);
    settings.route_key = route_key;
    reactor_.run(std::move(settings), seed, stores(credentials_, mailbox_ ? &*mailbox_ : nullptr),
                 [this] { reload(); });
    return credentials_.has_ended() && (!mailbox_ || mailbox_->has_ended());
  }

  void tell_what_is_unwritten() const {
    const auto unwritten = mailbox_ ? mailbox_->unwritten() : MailboxThread::Unwritten{};
    spdlog::error(
        "ended without the disk, which does not answer; it still had {} changes of the mailbox to write, "
        "none of them confirmed, {} deliveries to note, which may be made again, and {} questions about "
        "accounts",
        unwritten.changes, unwritten.forgets, credentials_.waiting());
  }

 private:
  /// SIGHUP. Whose account is gone is reached no more, whatever the configuration says. What cannot change
  /// while the relay runs is told; with anything wrong all stays as it was.
  void reload() {
    if (config_.authentication == Authentication::digest) desk_->end_removed();
    const ConfigReading fresh = read_config_();
    Files files;
    if (const auto error = find_errors(fresh, files); !error.empty()) return keep_configuration(error);
    ConfigChange changed = change(config_, fresh.config);
    // What waits for a restart has others stay until then.
    if (!name_same_files(changed.adopted, fresh.config)) changed.error.add(load(changed.adopted, files));
    if (!changed.error.empty()) return keep_configuration(with_restarts(changed));
    // What the operator has asked to be followed meanwhile goes on being followed.
    if (changed.adopted.traced != config_.traced) reactor_.follow(changed.adopted.traced);
    config_ = std::move(changed.adopted);
    spdlog::set_level(spdlog_level(config_.log_level));
    raise_descriptor_limit(config_);
    gate_ = AdminGate(files.admin_token);
    reactor_.adjust(adjustable_of(config_, std::move(files)));
    if (mailbox_) mailbox_->limit(quota(config_));
    for (const std::string_view key : changed.need_restart)
      spdlog::warn("{}: what is new of it waits for a restart", key);
    spdlog::info("the configuration is read anew");
  }

  static void keep_configuration(const ConfigError& error) {
    std::istringstream lines(error.message);
    for (std::string line; std::getline(lines, line);)
      spdlog::error("the configuration stays as it was: {}", line);
  }

  void tell_how_it_is(const HttpRequest& request, HttpReply reply) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (request.method != "GET" && request.method != "HEAD") {
      reply({.status = 405, .body = "only GET and HEAD are served here\n"});
    } else if (path == "/metrics") {
      reply({.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.text(gauges())});
    } else if (path == "/healthz") {
      reply({.body = "ok\n"});
    } else if (path == "/readyz") {
      tell_whether_ready(std::move(reply));
    } else {
      reply({.status = 404, .body = "/metrics, /healthz and /readyz are here\n"});
    }
  }

  /// Whether requests that come now have a chance.
  void tell_whether_ready(HttpReply reply) {
    if (reactor_.gauges().is_draining) return reply({.status = 503, .body = "draining\n"});
    if (mailbox_ && mailbox_->status().is_failing)
      return reply({.status = 503, .body = "the mailbox cannot be written\n"});
    credentials_.find({}, config_.domain, [reply = std::move(reply)](const CredentialStore::Found& found) {
      reply(found.failed ? HttpAnswer{.status = 503, .body = "the accounts cannot be read\n"}
                         : HttpAnswer{.body = "ready\n"});
    });
  }

  Gauges gauges() const {
    Gauges gauges = reactor_.gauges();
    gauges.account_questions = credentials_.waiting();
    if (!mailbox_) return gauges;
    const MailboxThread::Status status = mailbox_->status();
    gauges.mailbox_questions = status.waiting;
    gauges.stored_messages = status.messages;
    gauges.stored_bytes = status.bytes;
    return gauges;
  }

  Config config_;
  ReadConfig read_config_;
  AdminGate gate_;
  Metrics metrics_;
  Reactor reactor_;
  // The stores' threads end before those to whom they reply: the accounts' before the mailbox and the desk,
  // the mailbox's before the reactor.
  std::optional<MailboxThread> mailbox_;
  std::optional<AdminDesk> desk_;
  CredentialThread credentials_;
};

/// A thread that waits for the disk cannot be ended, and what it uses must outlive it.
[[noreturn]] void end_without_disk() {
  spdlog::default_logger()->flush();
  std::_Exit(failure);
}

}  // namespace

ConfigError find_errors(const ConfigReading& reading) {
  Files files;
  return find_errors(reading, files);
}

int run_daemon(const Config& config, const ReadConfig& read_config, const std::string& version) {
  if (const auto problem = run_as(config.run_as)) return fail(failure, *problem);
  block_signals();  // before there is any other thread
  start_log(config);
  warn_of_root(config);
  raise_descriptor_limit(config);
  sip::Seed seed{};
  sip::Seed fresh_key{};
  if (getentropy(seed.data(), seed.size()) != 0 || getentropy(fresh_key.data(), fresh_key.size()) != 0)
    return fail(failure, "the system gives no random numbers");

  Files files;
  if (const auto error = load(config, files); !error.empty()) return fail(failure, error.message);
  auto opened = CredentialStore::open(config.data);
  if (const auto* error = std::get_if<StoreError>(&opened)) return fail(failure, "data: " + error->message);
  const auto key = route_key(config.data, fresh_key);
  if (const auto* error = std::get_if<StoreError>(&key)) return fail(failure, "data: " + error->message);
  std::optional<MailboxStore> mailbox;
  if (keeps_messages_for(config)) {
    auto store = MailboxStore::open(config.data, quota(config));
    if (const auto* error = std::get_if<StoreError>(&store)) return fail(failure, "data: " + error->message);
    mailbox = std::get<MailboxStore>(std::move(store));
  }
  Daemon daemon(config, read_config, version, std::move(files), std::get<CredentialStore>(std::move(opened)),
                std::move(mailbox));
  if (const auto error = daemon.listen()) return fail(failure, *error);
  if (daemon.run(seed, std::get<sip::Seed>(key))) return EXIT_SUCCESS;
  daemon.tell_what_is_unwritten();
  end_without_disk();
}

}  // namespace relay
