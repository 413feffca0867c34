#include "bulla/profile.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/try.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace bulla {
namespace {

// A profile has two kilobytes.
constexpr std::size_t kMaxProfile = 256u << 10;

template <typename T>
using Find = std::optional<T> (*)(std::string_view);

// Reads one table. The first thing that is wrong is kept; what nobody asked for is wrong.
class Table {
 public:
  Table(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  void text(std::string_view key, std::string& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return fail(key, "is missing");
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
  void list(std::string_view key, Find<T> find, std::vector<T>& to) {
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
      if (!is_known) fail(node, key.str(), "is no key of a profile");
    }
    return std::move(error_);
  }

 private:
  const toml::node* take(std::string_view key) {
    taken_.push_back(key);
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
  std::vector<std::string_view> taken_;
  std::optional<Error> error_;
};

void read_rules(Table& table, AlgorithmRules& rules) {
  table.list<ContentCipher>("ciphers", &find_content_cipher, rules.ciphers);
  table.list<Digest>("digests", &find_digest, rules.digests);
  table.list<SignatureAlgorithm>("signatures", &find_signature_algorithm, rules.signatures);
  table.list<KeyManagement>("key-management", &find_key_management, rules.key_management);
  table.number("min-rsa-bits", rules.min_rsa_bits);
  table.number("min-ec-bits", rules.min_ec_bits);
}

constexpr std::array<std::pair<std::string_view, Policy::Old>, 2> kOldForms{
    {{"refuse", Policy::Old::Refuse}, {"read", Policy::Old::Read}}};
constexpr std::array<std::pair<std::string_view, Policy::Address>, 2> kAddresses{
    {{"check", Policy::Address::Check}, {"ignore", Policy::Address::Ignore}}};
constexpr std::array<std::pair<std::string_view, Revocation>, 3> kRevocation{
    {{"off", Revocation::Off}, {"soft", Revocation::Soft}, {"hard", Revocation::Hard}}};
constexpr std::array<std::pair<std::string_view, Profile::Headers>, 2> kHeaders{
    {{"protect", Profile::Headers::Protect}, {"leave", Profile::Headers::Leave}}};

std::optional<Error> read_send(const toml::table& toml, Profile& profile) {
  Table table(toml, "send.");
  read_rules(table, profile.send);
  table.choice("headers", kHeaders, profile.headers);
  return table.finish();
}

std::optional<Error> read_accept(const toml::table& toml, Profile& profile) {
  Table table(toml, "accept.");
  read_rules(table, profile.policy.accepted);
  table.choice("old-forms", kOldForms, profile.policy.old_forms);
  table.choice("address", kAddresses, profile.policy.address);
  table.choice("revocation", kRevocation, profile.policy.revocation);
  return table.finish();
}

}  // namespace

Result<Profile> parse_profile(std::string_view toml) {
  if (toml.size() > kMaxProfile) return failure(Rule::ConfigBad, 0, "the profile is too large");
  toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return failure(Rule::ConfigBad, 0,
                   "line " + std::to_string(error.source().begin.line) + ": " +
                       std::string(error.description()));
  }
  Profile profile;
  Table table(parsed.table(), "");
  table.text("name", profile.name);
  table.text("title", profile.title);
  table.text("source", profile.source);
  table.text("version", profile.version);
  table.text("date", profile.date);
  const toml::table* send = table.table("send");
  const toml::table* accept = table.table("accept");
  if (auto error = table.finish()) return tl::unexpected(std::move(*error));
  if (auto error = read_send(*send, profile)) return tl::unexpected(std::move(*error));
  if (auto error = read_accept(*accept, profile)) return tl::unexpected(std::move(*error));
  return profile;
}

}  // namespace bulla
