// PathCache: outcomes of path validation, as long as nothing that they depend on changes.
//
// Thread safety: all functions may be called from several threads.
#pragma once

#include <string>

#include "base/lru_cache.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

// Between two instants at which something that was looked at becomes valid or expires.
// At the instants themselves nothing is remembered.
struct TimeWindow {
  Time after = Time::min();
  Time before = Time::max();

  bool contains(Time at) const { return after < at && at < before; }
  // Makes the window around `at` smaller: it ends at `turn`.
  void narrow(Time turn, Time at);
};

class PathCache {
 public:
  explicit PathCache(std::size_t capacity) : known_(capacity) {}

  // Everything that an outcome depends on, but the time.
  static Result<std::string> key(const PathFinder::Ports& ports, const Limits& limits,
                                 const Certificate& certificate, const Carried& carried,
                                 const PathOptions& options);

  std::shared_ptr<const PathResult> find(const std::string& key, Time at);
  void keep(const std::string& key, const TimeWindow& window, const PathResult& result);

  CacheCounters counters() const { return known_.counters(); }
  void clear() { known_.clear(); }

 private:
  struct Entry {
    TimeWindow window;
    std::shared_ptr<const PathResult> result;
  };
  LruCache<Entry> known_;
};

}  // namespace bulla::x509
