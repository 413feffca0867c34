#include "cli/batch_options.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/meaning.h"
#include "crypto/digest.h"

namespace bulla::cli {
namespace {

bool is_sealing(Verb verb) { return verb == kSign || verb == kEncrypt || verb == kSeal; }

// What can differ from run to run without another output.
constexpr std::array<std::string_view, 15> kOfTheRun = {"--jobs",
                                                        "--report",
                                                        "--json",
                                                        "--journal",
                                                        "--manifest",
                                                        "--manifest-identity",
                                                        "--keep-going",
                                                        "--fail-fast",
                                                        "--quiet",
                                                        "--verbose",
                                                        "--color",
                                                        "--no-progress",
                                                        "--passphrase-file",
                                                        "--passphrase-fd",
                                                        "--help"};

std::string fingerprint_of(const Arguments& arguments) {
  std::string text = std::to_string(arguments.verb);
  auto add = [&](std::string_view word) {
    text += ' ' + std::to_string(word.size()) + ':';
    text += word;
  };
  for (const std::string& word : arguments.operands) add(word);
  for (const auto& [flag, values] : arguments.values) {
    if (std::find(kOfTheRun.begin(), kOfTheRun.end(), flag) != kOfTheRun.end()) continue;
    add(flag);
    for (const std::string& value : values) add(value);
  }
  auto digest = crypto::hash(Digest::Sha256, as_bytes(text));
  return digest ? to_hex(*digest) : std::string();
}

void read_input(const Arguments& arguments, Meaning& meaning, BatchOptions& options) {
  if (arguments.operands.empty() || arguments.operands[0].empty()) {
    meaning.fail("'batch' needs an input",
                 "give a Maildir, an mbox file, a folder, or - for a list");
    return;
  }
  options.input = arguments.operands[0];
  options.input_kind = meaning.choose<InputKind>("--input", InputKind::Automatic,
                                                 {{"maildir", InputKind::Maildir},
                                                  {"mbox", InputKind::Mbox},
                                                  {"tree", InputKind::Tree},
                                                  {"list", InputKind::List}});
  bool is_standard_input = options.input == "-";
  if (is_standard_input && options.input_kind == InputKind::Automatic) {
    options.input_kind = InputKind::List;
  }
  if (is_standard_input != (options.input_kind == InputKind::List)) {
    meaning.fail(is_standard_input ? "standard input is a list of paths"
                                   : "a list of paths comes from standard input",
                 "write - for the input, with --input list or without it");
  }
  if (arguments.has("--null")) {
    options.list_separator = '\0';
    if (!is_standard_input) meaning.fail("--null is for lists", "write - for the input");
  }
}

void read_outputs(const Arguments& arguments, Meaning& meaning, BatchOptions& options) {
  options.out = arguments.get("--out");
  options.report = arguments.get("--report");
  if (auto json = arguments.get("--json")) {
    if (options.report) meaning.fail("--report and --json are the same", "give one of them");
    options.report = json;
  }
  options.journal = arguments.get("--journal");
  if (!options.journal && options.out) options.journal = *options.out + "/.bulla-journal";
  options.manifest = arguments.get("--manifest");
  options.manifest_identity = arguments.get("--manifest-identity");
  if (options.out == "" || options.out == "-") {
    meaning.fail("--out needs a folder", "the results of a batch are many files");
  }
  if (is_sealing(arguments.verb) && !options.out) {
    meaning.fail("there is no folder for the results", "give it with --out");
  }
  if (options.manifest && !options.journal) {
    meaning.fail("--manifest needs a journal", "give --journal FILE, or --out FOLDER");
  }
  if (options.manifest == "-") meaning.fail("--manifest needs a file", "give its name");
  if (options.manifest_identity && !options.manifest) {
    meaning.fail("--manifest-identity signs a manifest", "give its name with --manifest FILE");
  }
}

void read_run(const Arguments& arguments, Meaning& meaning, BatchOptions& options) {
  constexpr unsigned kMaxJobs = 1'024;
  options.jobs = meaning.find<unsigned>(
      "--jobs",
      [](const std::string& word) -> std::optional<unsigned> {
        auto number = parse_decimal(word);
        if (!number || *number == 0 || *number > kMaxJobs) return std::nullopt;
        return static_cast<unsigned>(*number);
      },
      "give a number of threads, such as 4");
  if (arguments.has("--fail-fast")) options.on_failure = BatchOptions::OnFailure::Stop;
  if (arguments.has("--fail-fast") && arguments.has("--keep-going")) {
    meaning.fail("--fail-fast and --keep-going exclude each other", "give one of them");
  }
}

// The flags of the verb, without those that have another meaning in a batch.
Arguments for_one_message(Arguments arguments) {
  arguments.operands.clear();
  arguments.values.erase("--json");
  return arguments;
}

}  // namespace

const CommonOptions& BatchOptions::common() const {
  return std::visit([](const auto& one) -> const CommonOptions& { return one.common; }, verb);
}

const SecretOptions& BatchOptions::secrets() const {
  return std::visit([](const auto& one) -> const SecretOptions& { return one.secrets; }, verb);
}

tl::expected<BatchOptions, Usage> read_batch(const Arguments& arguments) {
  BatchOptions options;
  if (is_sealing(arguments.verb)) {
    auto sealing = read_sealing(for_one_message(arguments));
    if (!sealing) return tl::unexpected(sealing.error());
    options.verb = std::move(*sealing);
  } else {
    auto opening = read_opening(for_one_message(arguments));
    if (!opening) return tl::unexpected(opening.error());
    options.verb = std::move(*opening);
  }
  Meaning meaning(arguments);
  read_input(arguments, meaning, options);
  read_outputs(arguments, meaning, options);
  read_run(arguments, meaning, options);
  options.fingerprint = fingerprint_of(arguments);
  return meaning.result(std::move(options));
}

}  // namespace bulla::cli
