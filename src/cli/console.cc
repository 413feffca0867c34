#include "cli/console.h"

#include <unistd.h>

#include "base/text.h"
#include "host/descriptor.h"

namespace bulla::cli {

void print(int descriptor, std::string_view text) {
  (void)host::write_all(descriptor, as_bytes(text), "");
}

std::string paint(std::string_view text, Paint paint, bool colour) {
  if (!colour || paint == Paint::Plain) return std::string(text);
  std::string_view code = paint == Paint::Good       ? "32"
                          : paint == Paint::Bad      ? "31"
                          : paint == Paint::Doubtful ? "33"
                                                     : "2";
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits + " " + std::string(noun) + (count == 1 ? "" : "s");
}

Console::Console(Verbosity verbosity, host::Colour colour)
    : verbosity_(verbosity), colour_(host::wants_colour(colour, STDERR_FILENO)) {}

Exit Console::fail(const Error& error) const {
  say("bulla: " + paint("error:", Paint::Bad, colour_) + " " + describe(error));
  hint(info(error.rule).advice);
  return exit_code(error.rule);
}

Exit Console::fail(const Usage& usage) const {
  say("bulla: " + paint("error:", Paint::Bad, colour_) + " " + printable(usage.problem) + " [" +
      std::string(info(Rule::IoUsage).slug) + "]");
  hint(usage.hint);
  return Exit::Usage;
}

void Console::warn(const Finding& finding) const {
  const RuleInfo& row = info(finding.rule);
  std::string text(row.text);
  if (!finding.detail.empty()) text += ": " + printable(finding.detail);
  bool is_note = finding.severity == Severity::Note;
  say("bulla: " + paint(is_note ? "note:" : "warning:", Paint::Doubtful, colour_) + " " + text +
          " [" + std::string(row.slug) + "]",
      is_note ? Verbosity::Verbose : Verbosity::Normal);
}

void Console::hint(std::string_view text) const {
  if (!text.empty()) say("bulla: hint: " + printable(text));
}

void Console::say(const std::string& text, Verbosity level) const {
  if (verbosity_ >= level && verbosity_ != Verbosity::Quiet) print(STDERR_FILENO, text + "\n");
}

}  // namespace bulla::cli
