// The verbs and flags of the command line, in one table: parsing, --help, completions and
// the tests of the man pages read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::cli {

// A bit each; flags say by these which verbs have them.
using Verbs = std::uint64_t;

enum Verb : Verbs {
  kSign = 1u << 0,
  kEncrypt = 1u << 1,
  kSeal = 1u << 2,
  kOpen = 1u << 3,
  kVerify = 1u << 4,
  kDecrypt = 1u << 5,
  kCompress = 1u << 6,
  kInspect = 1u << 7,
  kDoctor = 1u << 8,
  kCompletion = 1u << 9,
  kHelp = 1u << 10,
  // With the bit of another verb: that verb for many messages.
  kBatch = 1u << 11,
  // Of flags: not in a batch.
  kAlone = 1u << 12,
  kListRecipients = 1u << 13,
  kAddRecipients = 1u << 14,
  kRemoveRecipients = 1u << 15,
  kConvert = 1u << 16,
  kRecipients = kListRecipients | kAddRecipients | kRemoveRecipients,
  kCertImport = 1u << 17,
  kCertList = 1u << 18,
  kCertShow = 1u << 19,
  kCertFind = 1u << 20,
  kCertExport = 1u << 21,
  kCertTrust = 1u << 22,
  kCertDistrust = 1u << 23,
  kCertRemove = 1u << 24,
  kCertCheck = Verbs{1} << 32,
  kCertPublish = Verbs{1} << 33,
  kCert = kCertImport | kCertList | kCertShow | kCertFind | kCertCheck | kCertExport |
          kCertPublish | kCertTrust | kCertDistrust | kCertRemove,
  kKeyImport = 1u << 25,
  kKeyList = 1u << 26,
  kKeyExport = 1u << 27,
  kKeyGenerate = Verbs{1} << 34,
  kKeyRequest = Verbs{1} << 35,
  kKeyRenew = Verbs{1} << 36,
  kKeyMaking = kKeyGenerate | kKeyRequest | kKeyRenew,
  kKey = kKeyImport | kKeyList | kKeyExport | kKeyMaking,
  kStoreInit = 1u << 28,
  kStoreStatus = 1u << 29,
  kStoreVerify = 1u << 30,
  kStoreBackup = Verbs{1} << 31,
  kCanSend = Verbs{1} << 40,
  kStoreRestore = Verbs{1} << 41,
  kCaInit = Verbs{1} << 42,
  kCaIssue = Verbs{1} << 43,
  kCaRevoke = Verbs{1} << 44,
  kCaList = Verbs{1} << 45,
  kCaCrl = Verbs{1} << 46,
  kCaOcsp = Verbs{1} << 47,
  kCa = kCaInit | kCaIssue | kCaRevoke | kCaList | kCaCrl | kCaOcsp,
  kStoreSync = Verbs{1} << 48,
  kStore = kStoreInit | kStoreStatus | kStoreVerify | kStoreBackup | kStoreRestore | kStoreSync,
};

// Both bits at once, as flags_of() takes them.
constexpr Verb operator|(Verb a, Verb b) {
  return static_cast<Verb>(static_cast<Verbs>(a) | static_cast<Verbs>(b));
}

struct VerbRow {
  Verb verb;
  std::string_view name;
  std::string_view operand;   // "[FILE]"; with dots behind it, several
  std::string_view summary;   // lower case, no full stop
  std::string_view examples;  // one a line
};

// What the value of a flag is, for completions.
enum class Value { None, Text, File, Choice };
enum class Repeat { Once, Many };

struct FlagRow {
  std::string_view name;    // "--identity"
  std::string_view letter;  // "-i", or empty
  std::string_view value;   // "IDENTITY"; for a Choice "off|soft|hard"
  Value kind = Value::None;
  Repeat repeat = Repeat::Once;
  Verbs verbs = 0;
  std::string_view help;
};

std::span<const VerbRow> verbs();
const VerbRow* find_verb(std::string_view name);
// The second word of "batch verify", "recipients add" and the like; null if the verb has none
// of this name. A batch has the flags of both.
const VerbRow* find_subverb(const VerbRow& verb, std::string_view name);
// "list", "add", "remove"; empty for a verb that stands alone.
std::vector<std::string_view> subverb_names(const VerbRow& verb);
std::span<const FlagRow> flags();
std::vector<FlagRow> flags_of(Verb verb);
// "off", "soft", "hard"; empty if the value is no choice.
std::vector<std::string_view> choices(const FlagRow& flag);

// The name among these that is close to the word, or nothing.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& names);

}  // namespace bulla::cli
