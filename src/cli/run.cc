#include "cli/commands.h"
#include "cli/meaning.h"

namespace bulla::cli {
namespace {

Console plain_console() { return Console(Verbosity::Normal, host::Colour::Auto); }

Exit fail(const Usage& usage) { return plain_console().fail(usage); }

template <typename Options>
Exit run_with(const tl::expected<Options, Usage>& options, Exit (*run_command)(const Options&)) {
  return options ? run_command(*options) : fail(options.error());
}

const VerbRow* find_verb_or_explain(const std::string& name) {
  const VerbRow* verb = find_verb(name);
  if (verb != nullptr) return verb;
  std::vector<std::string_view> names;
  for (const VerbRow& row : verbs()) names.push_back(row.name);
  std::string_view near = closest(name, names);
  bool is_flag = !name.empty() && name[0] == '-';
  std::string hint = is_flag ? "the verb comes first; see bulla help" : "see bulla help";
  fail(Usage{(is_flag ? "unknown flag " : "unknown verb ") + name,
             near.empty() ? hint : "did you mean " + std::string(near) + "?"});
  return nullptr;
}

// "verify" in "bulla batch verify".
tl::expected<VerbRow, Usage> find_subverb_or_explain(const VerbRow& verb, const std::string& name) {
  if (const VerbRow* found = find_subverb(verb, name)) return *found;
  std::string hint = "it takes " + alternatives(subverb_names(verb));
  if (verb.verb == kBatch && find_verb(name) != nullptr) {
    return tl::unexpected(Usage{"no batch of '" + name + "'", hint});
  }
  return tl::unexpected(
      Usage{"'" + std::string(verb.name) + "' needs a verb, and not '" + name + "'", hint});
}

Exit run_verb(const Arguments& arguments);

Exit run_subverb(const VerbRow& outer, const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    print(words.empty() ? 2 : 1, help_text(outer));
    return words.empty() ? Exit::Usage : Exit::Done;
  }
  auto verb = find_subverb_or_explain(outer, words[0]);
  if (!verb) return fail(verb.error());
  auto arguments = parse_arguments(*verb, {words.begin() + 1, words.end()});
  if (!arguments) return fail(arguments.error());
  if (arguments->has("--help")) {
    print(1, help_text(*verb));
    return Exit::Done;
  }
  if (outer.verb != kBatch) return run_verb(*arguments);
  arguments->verb = find_verb(words[0])->verb;
  return run_with(read_batch(*arguments), run_batch);
}

Exit run_help(const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.operands;
  if (words.empty()) {
    print(1, help_text());
    return Exit::Done;
  }
  const VerbRow* verb = find_verb_or_explain(words[0]);
  if (verb == nullptr) return Exit::Usage;
  bool has_subverb = words.size() > 1 && !subverb_names(*verb).empty();
  if (words.size() > (has_subverb ? 2u : 1u)) {
    return fail(Usage{"unexpected argument " + words[has_subverb ? 2 : 1], "see bulla help"});
  }
  if (!has_subverb) {
    print(1, help_text(*verb));
    return Exit::Done;
  }
  auto subverb = find_subverb_or_explain(*verb, words[1]);
  if (!subverb) return fail(subverb.error());
  print(1, help_text(*subverb));
  return Exit::Done;
}

Exit run_verb(const Arguments& arguments) {
  switch (arguments.verb) {
    case kSign:
    case kEncrypt:
    case kSeal:
    case kCompress:
      return run_with(read_sealing(arguments), run_sealing);
    case kOpen:
    case kVerify:
    case kDecrypt:
      return run_with(read_opening(arguments), run_opening);
    case kInspect:
      return run_with(read_common(arguments), run_inspect);
    case kListRecipients:
    case kAddRecipients:
    case kRemoveRecipients:
      return run_with(read_recipients(arguments), run_recipients);
    case kCanSend:
      return run_with(read_can_send(arguments), run_can_send);
    case kConvert:
      return run_with(read_converting(arguments), run_converting);
    case kCertCheck:
      return run_with(read_store_options(arguments), run_check);
    case kCertImport:
    case kCertList:
    case kCertShow:
    case kCertFind:
    case kCertExport:
    case kCertPublish:
    case kCertTrust:
    case kCertDistrust:
    case kCertRemove:
    case kKeyImport:
    case kKeyList:
    case kKeyExport:
      return run_with(read_store_options(arguments), run_cert);
    case kKeyGenerate:
    case kKeyRequest:
    case kKeyRenew:
      return run_with(read_key_options(arguments), run_key_making);
    case kCaInit:
    case kCaIssue:
    case kCaRevoke:
    case kCaList:
    case kCaCrl:
    case kCaOcsp:
      return run_with(read_ca_options(arguments), run_ca);
    case kStoreInit:
    case kStoreStatus:
    case kStoreVerify:
    case kStoreBackup:
    case kStoreRestore:
    case kStoreSync:
      return run_with(read_store_options(arguments), run_store);
    case kDoctor:
      return arguments.has("--expiry") ? run_with(read_store_options(arguments), run_expiry)
                                       : run_doctor(arguments);
    case kCompletion:
      return run_completion(arguments);
    case kHelp:
      return run_help(arguments);
    case kBatch:
    case kRecipients:
    case kCert:
    case kKey:
    case kKeyMaking:
    case kStore:
    case kCa:
    case kAlone:
      break;
  }
  return Exit::Usage;
}

}  // namespace

Exit run(const std::vector<std::string>& words) {
  if (words.empty()) {
    print(2, help_text());
    return Exit::Usage;
  }
  if (words[0] == "--help" || words[0] == "-h") {
    print(1, help_text());
    return Exit::Done;
  }
  if (words[0] == "--version") {
    print(1, "bulla " BULLA_VERSION "\n");
    return Exit::Done;
  }
  const VerbRow* verb = find_verb_or_explain(words[0]);
  if (verb == nullptr) return Exit::Usage;
  if (!subverb_names(*verb).empty()) return run_subverb(*verb, {words.begin() + 1, words.end()});
  auto arguments = parse_arguments(*verb, {words.begin() + 1, words.end()});
  if (!arguments) return fail(arguments.error());
  if (arguments->has("--help")) {
    print(1, help_text(*verb));
    return Exit::Done;
  }
  return run_verb(*arguments);
}

}  // namespace bulla::cli
