#include "bulla/profile.h"

#include "base/try.h"
#include "store/toml_table.h"

namespace bulla {
namespace {

using store::TomlTable;

// A profile has two kilobytes.
constexpr std::size_t kMaxProfile = 256u << 10;

void read_rules(TomlTable& table, AlgorithmRules& rules) {
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
  TomlTable table(toml, "send.", "a profile");
  read_rules(table, profile.send);
  table.choice("headers", kHeaders, profile.headers);
  return table.finish();
}

std::optional<Error> read_accept(const toml::table& toml, Profile& profile) {
  TomlTable table(toml, "accept.", "a profile");
  read_rules(table, profile.policy.accepted);
  table.choice("old-forms", kOldForms, profile.policy.old_forms);
  table.choice("address", kAddresses, profile.policy.address);
  table.choice("revocation", kRevocation, profile.policy.revocation);
  return table.finish();
}

}  // namespace

Result<Profile> parse_profile(std::string_view toml) {
  if (toml.size() > kMaxProfile) return failure(Rule::ConfigBad, 0, "the profile is too large");
  toml::table parsed = TRY(store::parse_toml(toml));
  Profile profile;
  TomlTable table(parsed, "", "a profile");
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
