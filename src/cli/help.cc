#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"

namespace bulla::cli {
namespace {

constexpr std::size_t kColumn = 30;
constexpr std::size_t kWidth = 79;  // a terminal has 80 columns, and some wrap at the last

std::string padded(const std::string& text, std::size_t width) {
  return text.size() + 1 < width ? text + std::string(width - text.size(), ' ')
                                 : text + "\n" + std::string(width + 2, ' ');
}

// Breaks at spaces; further lines begin at the column.
std::string wrapped(std::string_view text, std::size_t column) {
  std::string result;
  std::size_t used = 0;
  for (std::string_view word : split(text, ' ')) {
    bool fits = used == 0 || column + used + 1 + word.size() <= kWidth;
    if (used > 0) result += fits ? " " : "\n" + std::string(column, ' ');
    used = fits && used > 0 ? used + 1 + word.size() : word.size();
    result += word;
  }
  return result;
}

std::string flag_synopsis(const FlagRow& flag) {
  std::string text = flag.letter.empty() ? "    " : std::string(flag.letter) + ", ";
  text += flag.name;
  if (!flag.value.empty()) text += " " + std::string(flag.value);
  return text;
}

std::string indented(std::string_view lines) {
  std::string text;
  while (!lines.empty()) {
    std::size_t end = std::min(lines.find('\n'), lines.size());
    text += "  " + std::string(lines.substr(0, end)) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return text;
}

}  // namespace

std::string help_text() {
  std::string text =
      "bulla: S/MIME for mail and files\n"
      "\n"
      "usage: bulla VERB [FLAG]... [FILE]\n"
      "\n"
      "Reads FILE or standard input, writes -o FILE or standard output.\n"
      "\n"
      "verbs:\n";
  for (const VerbRow& row : verbs()) {
    text += "  " + padded(std::string(row.name), 12) + std::string(row.summary) + "\n";
  }
  text +=
      "\n"
      "exit codes: 0 done or valid, 1 invalid, 2 indeterminate, 3 not protected;\n"
      "64 usage, 65 malformed input, 66 no such input, 69 not available,\n"
      "73 cannot create, 74 input/output, 75 try again,\n"
      "77 no key or certificate fits, 78 configuration\n"
      "\n"
      "See 'bulla help VERB' and bulla(1). 'bulla --version' prints the version.\n";
  return text;
}

std::string help_text(const VerbRow& verb) {
  std::string usage = "bulla " + std::string(verb.name);
  std::vector<FlagRow> rows = flags_of(verb.verb);
  if (rows.size() > 1) usage += " [FLAG]...";
  if (!verb.operand.empty()) usage += " " + std::string(verb.operand);
  std::string text = "bulla " + std::string(verb.name) + ": " + std::string(verb.summary) +
                     "\n\nusage: " + usage + "\n";
  std::vector<std::string_view> names = subverb_names(verb);
  if (!names.empty()) text += "\nverbs:\n";
  for (std::string_view name : names) {
    const VerbRow* row = find_subverb(verb, name);
    text += "  " + padded(std::string(name), 12) + wrapped(row->summary, 14) + "\n";
  }
  text += "\nexamples:\n" + indented(verb.examples) + "\nflags:\n";
  for (const FlagRow& flag : rows) {
    text += "  " + padded(flag_synopsis(flag), kColumn - 2) + wrapped(flag.help, kColumn) + "\n";
  }
  return text;
}

}  // namespace bulla::cli
