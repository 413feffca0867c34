// A table of a TOML file, read key by key. The first thing that is wrong is kept, and what nobody
// asked for is wrong. Only for the files that read TOML: the parser is compiled in each.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "bulla/result.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace bulla::store {

template <typename T>
using FindByName = std::optional<T> (*)(std::string_view);

class TomlTable {
 public:
  // `name` stands before each key in an error; `of` is what the table is of, such as "a profile".
  TomlTable(const toml::table& table, std::string name, std::string of)
      : table_(table), name_(std::move(name)), of_(std::move(of)) {}

  void text(std::string_view key, std::string& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return fail(key, "is missing");
    auto value = node->value<std::string>();
    value && node->is_string() ? void(to = *value) : fail(*node, key, "is no text");
  }

  void optional_text(std::string_view key, std::optional<std::string>& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    auto value = node->value<std::string>();
    value && node->is_string() ? void(to = *value) : fail(*node, key, "is no text");
  }

  void number(std::string_view key, std::size_t& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    auto value = node->value<std::int64_t>();
    bool fits = node->is_integer() && value && *value >= 0 && *value <= 65'536;
    fits ? void(to = static_cast<std::size_t>(*value)) : fail(*node, key, "is no such number");
  }

  template <typename T>
  void list(std::string_view key, FindByName<T> find, std::vector<T>& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->empty()) return fail(*node, key, "is no list of names");
    for (const toml::node& item : *array) {
      auto word = item.value<std::string>();
      auto value = word ? find(*word) : std::nullopt;
      if (!value) return fail(item, key, "has a name that is not known: " + word.value_or("?"));
      if (std::find(to.begin(), to.end(), *value) != to.end()) {
        return fail(item, key, "has a name twice: " + *word);
      }
      to.push_back(*value);
    }
  }

  template <typename T, std::size_t n>
  void choice(std::string_view key, const std::array<std::pair<std::string_view, T>, n>& choices,
              T& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    auto word = node->value<std::string>();
    for (const auto& [name, value] : choices) {
      if (word == name) return void(to = value);
    }
    fail(*node, key, "is none of its values");
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return fail(key, "is missing"), nullptr;
    if (!node->is_table()) fail(*node, key, "is no table");
    return node->as_table();
  }

  // What is wrong, if something is.
  std::optional<Error> finish() {
    for (const auto& [key, node] : table_) {
      bool is_known = std::find(taken_.begin(), taken_.end(), key.str()) != taken_.end();
      if (is_known) continue;
      std::string line = std::to_string(node.source().begin.line);
      fail(key.str(), "is no key of " + of_ + " (line " + line + "); it has " + join(taken_, ", "));
    }
    return std::move(error_);
  }

 private:
  const toml::node* take(std::string_view key) {
    taken_.emplace_back(key);
    return table_.get(key);
  }

  void fail(const toml::node& node, std::string_view key, const std::string& what) {
    fail(key, what + " (line " + std::to_string(node.source().begin.line) + ")");
  }
  void fail(std::string_view key, const std::string& what) {
    if (error_) return;
    error_ = Error{
        .rule = Rule::ConfigBad, .offset = 0, .detail = name_ + std::string(key) + " " + what};
  }

  const toml::table& table_;
  std::string name_;
  std::string of_;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

// The file itself. Errors: config.bad, with the line.
inline Result<toml::table> parse_toml(std::string_view text) {
  toml::parse_result parsed = toml::parse(text);
  if (parsed) return std::move(parsed).table();
  const toml::parse_error& error = parsed.error();
  return failure(Rule::ConfigBad, 0,
                 "line " + std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description()));
}

}  // namespace bulla::store
