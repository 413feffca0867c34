// MissCache: what was looked for and not found, so that it is not asked for again at once
// (CERT-75).
//
//   if (auto miss = cache.find(question, now)) return miss->why;
//   …
//   cache.remember(question, {.until = now + one_hour, .why = "nothing there"});
//
// A file for each question in one folder, which all processes share; its name is a hash, so that
// it does not show whom one writes to. A cache that cannot be read or written is an empty one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bulla/time.h"

namespace bulla::host {

class MissCache {
 public:
  struct Miss {
    Time until;
    std::string why;  // one line
  };

  // An empty name: nothing is found or remembered. The folder is made when it is needed.
  explicit MissCache(std::string folder) : folder_(std::move(folder)) {}

  // Nothing once its time is over, or if it lies further ahead than anything is remembered.
  std::optional<Miss> find(std::string_view question, Time now) const;
  void remember(std::string_view question, const Miss& miss, Time now) const;
  void forget(std::string_view question) const;

 private:
  std::optional<std::string> path_of(std::string_view question) const;
  void prune(Time now) const;

  std::string folder_;
};

}  // namespace bulla::host
