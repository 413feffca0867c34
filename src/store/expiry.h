// Which certificates of a store want to be renewed soon.
#pragma once

#include <chrono>
#include <vector>

#include "store/store.h"

namespace bulla::store {

struct Expiring {
  enum class Whose { Own, Root, Authority, Peer };
  Whose whose = Whose::Peer;
  Found found;
};
std::string_view name(Expiring::Whose whose);

// Certificates in use that end before `at + within`, those with a key of one's own first, each
// kind by its end, and nothing that has a later one in its place: for the same addresses and
// usages, or of the same CA. What ended before is named as long as it matters: one's own and
// roots always, others for another `within`.
Result<std::vector<Expiring>> find_expiring(const Store& store, Time at,
                                            std::chrono::seconds within);

}  // namespace bulla::store
