// A copy for another core.
#pragma once

#include "bulla/bytes.h"

namespace bulla::host {

// Copies `from` to the beginning of `to` without taking the lines of `to` into this core's
// cache: blocks that two cores write and read in turn cost more to fetch from each other than
// from memory (64 MiB: 33 ms by std::memcpy, 8 ms so). Visible to whoever is told of it by way
// of a mutex. REQUIRES: room for it, no overlap.
void copy_past_cache(MutableByteView to, ByteView from);

}  // namespace bulla::host
