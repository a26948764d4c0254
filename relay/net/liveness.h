#pragma once

#include <cstdint>

namespace relay {

/// Whether the other end of a connection is there and reads: it is looked from time to time.
class Liveness {
 public:
  enum class Sign : std::uint8_t {
    none,     ///< that anything is wrong
    silent,   ///< nothing has come for so long that it should be asked
    stalled,  ///< it has taken nothing from one time to the next, though something is written
    gone,     ///< nothing has come, although it was asked
  };

  void heard() { silences_ = 0; }
  void writes() { is_writing_ = true; }
  void has_written() { is_writing_ = was_writing_ = false; }
  bool is_writing() const { return is_writing_; }
  /// It is asked: not again before it has taken that.
  void asks() { is_asking_ = true; }
  void has_asked() { is_asking_ = was_asking_ = false; }

  /// The time until the next look() begins.
  void watch() {
    was_writing_ = is_writing_;
    was_asking_ = is_asking_;
  }
  Sign look() {
    if (++silences_ == 3) return Sign::gone;
    if (was_writing_ || was_asking_) return Sign::stalled;
    return silences_ == 2 ? Sign::silent : Sign::none;
  }

 private:
  bool is_writing_ = false;
  bool was_writing_ = false;  ///< what is being written has been since watch()
  bool is_asking_ = false;
  bool was_asking_ = false;    ///< likewise, of the question
  std::uint8_t silences_ = 0;  ///< how often nothing had come
};

}  // namespace relay
