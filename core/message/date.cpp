#include "message/date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.h"

namespace sip {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> read_month(std::string_view text) {
  for (unsigned i = 0; i < months.size(); ++i)
    if (months[i] == text) return i + 1;
  return std::nullopt;
}

}  // namespace

// wkday "," SP date1 SP time SP "GMT", all of fixed width: "Sat, 13 Nov 2010 23:29:00 GMT".
std::optional<UnixTime> parse_date(std::string_view value) {
  if (value.size() != 29 || value.substr(3, 2) != ", " || value.substr(25) != " GMT") return std::nullopt;
  if (value[7] != ' ' || value[11] != ' ' || value[16] != ' ' || value[19] != ':' || value[22] != ':')
    return std::nullopt;
  if (std::find(weekdays.begin(), weekdays.end(), value.substr(0, 3)) == weekdays.end()) return std::nullopt;
  const auto day = parse_decimal(value.substr(5, 2), 31);
  const auto month = read_month(value.substr(8, 3));
  const auto year = parse_decimal(value.substr(12, 4), 9999);
  const auto hour = parse_decimal(value.substr(17, 2), 23);
  const auto minute = parse_decimal(value.substr(20, 2), 59);
  const auto second = parse_decimal(value.substr(23, 2), 60);
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = static_cast<std::int64_t>(days) * 86400 +
                               static_cast<std::int64_t>(*hour) * 3600 +
                               static_cast<std::int64_t>(*minute) * 60 + static_cast<std::int64_t>(*second);
  return UnixTime(Seconds(seconds));
}

}  // namespace sip
