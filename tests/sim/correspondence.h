#pragma once

#include "world.h"

namespace sim {

/// The first two people, one device each, write that many messages each within half a minute; in the end each
/// has read what the other wrote, once and in order, but for what met nobody at any of its tries.
void check_correspondence(World& world, int messages_each);

}  // namespace sim
