// The one file that compiles CLI11.
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/arguments.h"

namespace bulla::cli {
namespace {

struct Reader {
  CLI::App app;
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, std::size_t> counts;
  std::vector<std::string> operands;
};

void add_flag(Reader& reader, const FlagRow& row) {
  std::string name(row.name);
  std::string names = row.letter.empty() ? name : std::string(row.letter) + "," + name;
  if (row.kind == Value::None) {
    reader.app.add_flag_function(names, [&reader, name](std::int64_t count) {
      reader.counts[name] += static_cast<std::size_t>(count);
    });
  } else {
    // Each use takes one value, so that FILE behind it is not taken for another.
    reader.app.add_option(names, reader.values[name])->allow_extra_args(false);
  }
}

std::vector<std::string_view> flag_names(Verb verb) {
  std::vector<std::string_view> names;
  for (const FlagRow& row : flags_of(verb)) names.push_back(row.name);
  return names;
}

// A flag that another verb has, a flag that is close, or none of both.
Usage unknown_flag(const VerbRow& verb, const std::string& word) {
  std::string name = word.substr(0, word.find('='));
  for (const FlagRow& row : flags()) {
    if (row.name == name || (!row.letter.empty() && row.letter == name)) {
      return {"'" + std::string(verb.name) + "' has no flag " + name,
              "see bulla help " + std::string(verb.name)};
    }
  }
  std::string_view near = closest(name, flag_names(verb.verb));
  return {"unknown flag " + name, near.empty() ? "see bulla help " + std::string(verb.name)
                                               : "did you mean " + std::string(near) + "?"};
}

Usage explain_extras(const VerbRow& verb, const std::vector<std::string>& extras) {
  for (const std::string& word : extras) {
    if (word.size() > 1 && word[0] == '-') return unknown_flag(verb, word);
  }
  return {"unexpected argument " + extras.front(), "see bulla help " + std::string(verb.name)};
}

// CLI11 speaks of "--at: 1 required TEXT missing".
Usage explain(const VerbRow& verb, const CLI::ParseError& error) {
  std::string text = error.what();
  std::size_t colon = text.find(':');
  if (colon != std::string::npos && text.find("required") != std::string::npos) {
    text = text.substr(0, colon) + " needs a value";
  }
  if (!text.empty()) text[0] = lower(text[0]);
  while (!text.empty() && text.back() == '.') text.pop_back();
  return {text, "see bulla help " + std::string(verb.name)};
}

tl::expected<Arguments, Usage> collect(const VerbRow& verb, Reader& reader) {
  Arguments arguments{.verb = verb.verb, .operands = std::move(reader.operands), .values = {}};
  for (const FlagRow& row : flags_of(verb.verb)) {
    std::string name(row.name);
    std::vector<std::string>& given = reader.values[name];
    if (row.kind == Value::None ? reader.counts[name] == 0 : given.empty()) continue;
    if (row.repeat == Repeat::Once && given.size() > 1) {
      return tl::unexpected(Usage{name + " is given twice", ""});
    }
    arguments.values[name] = std::move(given);
  }
  return arguments;
}

// "one file", "one WHAT", "nothing".
std::string operand_text(const VerbRow& verb) {
  if (verb.operand.empty()) return "nothing";
  bool is_file = verb.operand.find("FILE") != std::string_view::npos;
  return "one " + (is_file ? "file" : std::string(verb.operand));
}

}  // namespace

std::optional<std::string> Arguments::get(std::string_view flag) const {
  auto found = values.find(flag);
  if (found == values.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view flag) const {
  auto found = values.find(flag);
  return found == values.end() ? std::vector<std::string>{} : found->second;
}

tl::expected<Arguments, Usage> parse_arguments(const VerbRow& verb,
                                               const std::vector<std::string>& words) {
  Reader reader;
  reader.app.set_help_flag();
  reader.app.add_option("operands", reader.operands);
  for (const FlagRow& row : flags_of(verb.verb)) add_flag(reader, row);
  try {
    reader.app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ExtrasError&) {
    return tl::unexpected(explain_extras(verb, reader.app.remaining()));
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(explain(verb, error));
  }
  std::size_t most = verb.operand.empty() ? 0 : 1;
  if (verb.operand.ends_with("...")) most = reader.operands.size();
  if (reader.operands.size() > most) {
    return tl::unexpected(Usage{"unexpected argument " + reader.operands[most],
                                "'" + std::string(verb.name) + "' takes " + operand_text(verb)});
  }
  return collect(verb, reader);
}

}  // namespace bulla::cli
