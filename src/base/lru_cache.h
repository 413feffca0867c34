// LruCache: a map of bounded size that forgets what was asked for longest ago.
//
// Thread safety: all functions may be called from several threads.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "bulla/cache.h"

namespace bulla {

// Value is copied in and out under a lock: let it be cheap to copy.
// Keys are digests, so that nobody can choose colliding ones.
template <typename Value>
class LruCache {
 public:
  explicit LruCache(std::size_t capacity) { counters_.capacity = capacity; }

  // The value, if it is there and `fits` (bool(const Value&)) says that it may be used.
  template <typename Fits>
  std::optional<Value> find(const std::string& key, Fits fits) {
    std::lock_guard lock(mutex_);
    auto found = by_key_.find(key);
    if (found == by_key_.end() || !fits(found->second->second)) {
      ++counters_.misses;
      return std::nullopt;
    }
    ++counters_.hits;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  std::optional<Value> find(const std::string& key) {
    return find(key, [](const Value&) { return true; });
  }

  void keep(const std::string& key, Value value) {
    std::lock_guard lock(mutex_);
    if (counters_.capacity == 0) return;
    if (auto found = by_key_.find(key); found != by_key_.end()) {
      found->second->second = std::move(value);
      entries_.splice(entries_.begin(), entries_, found->second);
      return;
    }
    entries_.emplace_front(key, std::move(value));
    by_key_.emplace(key, entries_.begin());
    if (entries_.size() <= counters_.capacity) return;
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
    ++counters_.dropped;
  }

  void clear() {
    std::lock_guard lock(mutex_);
    by_key_.clear();
    entries_.clear();
  }

  CacheCounters counters() const {
    std::lock_guard lock(mutex_);
    CacheCounters result = counters_;
    result.entries = entries_.size();
    return result;
  }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;  // asked for last: first

  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string, typename Entries::iterator> by_key_;
  CacheCounters counters_;
};

}  // namespace bulla
