// Console: what is said to a person, on standard error.
//
// Everything from a message goes through printable(): no text in a mail steers the
// terminal (T-95).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bulla/finding.h"
#include "bulla/result.h"
#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/options.h"

namespace bulla::cli {

enum class Paint { Good, Bad, Doubtful, Faint, Plain };

// "1,000 messages", "1 message".
std::string counted(std::uint64_t count, std::string_view noun);

class Console {
 public:
  Console(Verbosity verbosity, host::Colour colour);

  // "bulla: error: …", then "bulla: hint: …", and the exit code.
  Exit fail(const Error& error) const;
  Exit fail(const Usage& usage) const;
  // A note with -v alone.
  void warn(const Finding& finding) const;
  void hint(std::string_view text) const;
  // Prints unless -q; with -v alone if `level` is Verbose.
  void say(const std::string& text, Verbosity level = Verbosity::Normal) const;

  Verbosity verbosity() const { return verbosity_; }
  bool has_colour() const { return colour_; }

 private:
  Verbosity verbosity_;
  bool colour_;
};

// The text in this colour, or as it is.
std::string paint(std::string_view text, Paint paint, bool colour);

// Writes to a descriptor, whatever happens.
void print(int descriptor, std::string_view text);

}  // namespace bulla::cli
