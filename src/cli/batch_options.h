// BatchOptions: what the command line of 'bulla batch VERB' means.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "cli/options.h"

namespace bulla::cli {

enum class InputKind { Automatic, Maildir, Mbox, Tree, List };

struct BatchOptions {
  std::variant<OpeningOptions, SealingOptions> verb;  // what is done with each message
  std::string input;                                  // "-": a list on standard input
  InputKind input_kind = InputKind::Automatic;
  char list_separator = '\n';
  std::optional<std::string> out;
  std::optional<std::string> report;  // "-": standard output
  std::optional<std::string> journal;
  std::optional<std::string> manifest;
  std::optional<std::string> manifest_identity;
  std::optional<unsigned> jobs;
  enum class OnFailure { KeepGoing, Stop } on_failure = OnFailure::KeepGoing;
  // SHA-256 in hexadecimal of everything that decides what the outputs are.
  std::string fingerprint;

  const CommonOptions& common() const;
  const SecretOptions& secrets() const;
};

// `arguments.verb` is the verb inside.
tl::expected<BatchOptions, Usage> read_batch(const Arguments& arguments);

}  // namespace bulla::cli
