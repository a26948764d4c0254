#include "privileges.h"

#include <cap-ng.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace relay {

std::optional<std::string> run_as(const std::string& user) {
  if (user.empty()) return std::nullopt;
  const passwd* entry = getpwnam(user.c_str());
  if (!entry) return "run-as: the system has no user \"" + user + "\"";
  if (entry->pw_uid == geteuid()) return std::nullopt;
  if (geteuid() != 0) return "run-as: only root can become " + user;
  capng_clear(CAPNG_SELECT_ALL);
  capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_BIND_SERVICE);
  const auto groups = static_cast<capng_flags_t>(CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
  const bool is_done =
      capng_change_id(static_cast<int>(entry->pw_uid), static_cast<int>(entry->pw_gid), groups) == 0 &&
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
  if (!is_done) return "run-as: cannot become " + user;
  return std::nullopt;
}

}  // namespace relay
