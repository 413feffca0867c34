// Meaning: reads the values of flags one after another; the first wrong one is kept.
//
//   Meaning meaning(arguments);
//   options.at = meaning.time("--at");
//   return meaning.result(std::move(options));
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bulla/time.h"
#include "cli/arguments.h"

namespace bulla::cli {

// "mail, der or pem"
std::string alternatives(const std::vector<std::string_view>& names);

class Meaning {
 public:
  explicit Meaning(const Arguments& arguments) : arguments_(arguments) {}

  // The choice among pairs of word and value; `otherwise` without the flag.
  template <typename T>
  T choose(std::string_view flag, T otherwise,
           const std::vector<std::pair<std::string_view, T>>& choices) {
    auto word = arguments_.get(flag);
    if (!word) return otherwise;
    std::vector<std::string_view> names;
    for (const auto& [name, value] : choices) {
      if (name == *word) return value;
      names.push_back(name);
    }
    fail(flag, *word, names);
    return otherwise;
  }

  template <typename T, typename Find>
  std::optional<T> find(std::string_view flag, Find find_value, std::string_view hint) {
    auto word = arguments_.get(flag);
    if (!word) return std::nullopt;
    std::optional<T> value = find_value(*word);
    if (!value) fail(flag, *word, hint);
    return value;
  }

  std::optional<Time> time(std::string_view flag) {
    return find<Time>(
        flag, [](const std::string& word) { return parse_time(word); },
        "write 2026-11-24, 2026-11-24T13:10:46Z or @seconds");
  }

  void fail(std::string problem, std::string hint) {
    if (!usage_) usage_ = Usage{std::move(problem), std::move(hint)};
  }

  void fail(std::string_view flag, const std::string& word, std::string_view hint) {
    fail("'" + word + "' is no value for " + std::string(flag), std::string(hint));
  }

  void fail(std::string_view flag, const std::string& word,
            const std::vector<std::string_view>& names) {
    std::string_view near = closest(word, names);
    std::string hint = "did you mean " + std::string(near) + "?";
    if (near.empty()) {
      hint = "it takes " + alternatives(names);
    }
    fail(flag, word, hint);
  }

  template <typename T>
  tl::expected<T, Usage> result(T value) const {
    if (usage_) return tl::unexpected(*usage_);
    return value;
  }

 private:
  const Arguments& arguments_;
  std::optional<Usage> usage_;
};

}  // namespace bulla::cli
