#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "message/media_type.h"
#include "message/message_view.h"

namespace sip {

/// Whether the Accept (RFC 3261 20.1) of a response takes a media type: the range that fits it most closely
/// counts, and one with a q of 0 refuses.
bool accepts(const MessageView& response, const MediaType& media);

/// What each peer has shown to take, and what it has refused. Peers are named by peer_key().
class PeerCapabilities {
 public:
  /// How many peers are remembered, the latest ones; the others are strangers again.
  static constexpr std::size_t max_peers = 1024;

  /// An answer may get lost, or a peer be offline; but each keystroke is no reason to ask again.
  static constexpr Seconds ask_interval{60};

  enum class Format : std::uint8_t { cpim, imdn, composing };
  enum class Knowledge : std::uint8_t {
    unknown,
    takes,       ///< it sent this itself, or listed it
    not_listed,  ///< its Accept leaves it out; another device of the peer may show otherwise
    refuses,     ///< it answered 415, and may do so again
  };

  Knowledge of(const std::string& peer, Format format) const;
  /// The peer used the format itself.
  void used(const std::string& peer, Format format);
  /// It answered 415 to it.
  void refused(const std::string& peer, Format format);
  /// It sent its Accept (RFC 3261 20.1) in a 415 or in the answer to OPTIONS; without one nothing is learnt.
  void listed(const std::string& peer, const MessageView& response);

  /// It has written a message to us.
  void wrote(const std::string& peer) { at(peer).has_written = true; }
  bool has_written(const std::string& peer) const;
  /// True for a peer of which it is not known what it takes, once in ask_interval: it can be asked.
  bool should_ask(Now now, const std::string& peer);

 private:
  struct Peer {
    std::array<Knowledge, 3> formats{};
    bool has_written = false;
    Deadline next_ask;
  };
  Peer& at(const std::string& peer);
  Knowledge& at(const std::string& peer, Format format) {
    return at(peer).formats[static_cast<std::size_t>(format)];
  }

  std::unordered_map<std::string, Peer> peers_;
  std::deque<std::string> oldest_first_;
};

}  // namespace sip
