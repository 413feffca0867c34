#include "cli/commands.h"

namespace bulla::cli {
namespace {

std::string join_names(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::string_view name : names) text += (text.empty() ? "" : " ") + std::string(name);
  return text;
}

std::string verb_names() {
  std::vector<std::string_view> names;
  for (const VerbRow& row : verbs()) names.push_back(row.name);
  return join_names(names);
}

// A batch has the flags of the verb inside too, which is not known here.
std::vector<FlagRow> flags_behind(Verb verb) {
  return flags_of(verb == kBatch ? kBatch | kSign | kEncrypt | kSeal | kOpen | kVerify | kDecrypt
                                 : verb);
}

std::string flag_names(Verb verb) {
  std::vector<std::string_view> names;
  for (const FlagRow& row : flags_behind(verb)) {
    if (!row.letter.empty()) names.push_back(row.letter);
    names.push_back(row.name);
  }
  return join_names(names);
}

std::string bash_text() {
  std::string text =
      "# bash completion for bulla; made by 'bulla completion bash'\n"
      "_bulla() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"" +
      verb_names() +
      " --version --help\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case $previous in\n";
  for (const FlagRow& row : flags()) {
    if (row.kind != Value::Choice) continue;
    text += "    " + std::string(row.name) + ") COMPREPLY=($(compgen -W \"" +
            join_names(choices(row)) + "\" -- \"$current\")); return ;;\n";
  }
  text += "  esac\n";
  for (const VerbRow& row : verbs()) {
    std::string names = join_names(subverb_names(row));
    if (names.empty()) continue;
    text += "  if [ \"${COMP_WORDS[1]}\" = " + std::string(row.name) +
            " ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
            "    COMPREPLY=($(compgen -W \"" +
            names +
            "\" -- \"$current\"))\n"
            "    return\n"
            "  fi\n";
  }
  text +=
      "  case $current in\n"
      "    -*) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
      "  esac\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const VerbRow& row : verbs()) {
    text += "    " + std::string(row.name) + ") COMPREPLY=($(compgen -W \"" + flag_names(row.verb) +
            "\" -- \"$current\")) ;;\n";
  }
  return text + "  esac\n}\ncomplete -o filenames -F _bulla bulla\n";
}

// What stands in single quotes in zsh and fish.
std::string quoted(std::string_view text, std::string_view also_escaped = "") {
  std::string result;
  for (char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (also_escaped.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_flag(const FlagRow& row) {
  std::string action;
  if (row.kind == Value::File) action = ":" + std::string(row.value) + ":_files";
  if (row.kind == Value::Text) action = ":" + quoted(row.value, ":") + ":";
  if (row.kind == Value::Choice) action = ":choice:(" + join_names(choices(row)) + ")";
  std::string many = row.repeat == Repeat::Many ? "*" : "";
  std::string help = "[" + quoted(row.help, "[]:") + "]" + action + "'";
  std::string text = "        '" + many + std::string(row.name) + help + " \\\n";
  if (!row.letter.empty()) text += "        '" + many + std::string(row.letter) + help + " \\\n";
  return text;
}

std::string zsh_text() {
  std::string text =
      "#compdef bulla\n"
      "# zsh completion for bulla; made by 'bulla completion zsh'\n"
      "_bulla() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a verbs=(\n";
  for (const VerbRow& row : verbs()) {
    text += "      '" + std::string(row.name) + ":" + quoted(row.summary, ":") + "'\n";
  }
  text +=
      "    )\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  case $words[2] in\n";
  for (const VerbRow& row : verbs()) {
    text += "    " + std::string(row.name) + ")\n      _arguments \\\n";
    for (const FlagRow& flag : flags_behind(row.verb)) text += zsh_flag(flag);
    text += "        '*:file:_files' ;;\n";
  }
  return text + "  esac\n}\n_bulla \"$@\"\n";
}

std::string fish_flag(const VerbRow& verb, const FlagRow& row) {
  std::string text = "complete -c bulla -n '__fish_seen_subcommand_from " + std::string(verb.name) +
                     "' -l " + std::string(row.name.substr(2));
  if (!row.letter.empty()) text += " -s " + std::string(row.letter.substr(1));
  if (row.kind == Value::Choice) text += " -x -a '" + join_names(choices(row)) + "'";
  if (row.kind == Value::File) text += " -r";
  if (row.kind == Value::Text) text += " -x";
  return text + " -d '" + quoted(row.help) + "'\n";
}

std::string fish_text() {
  std::string text = "# fish completion for bulla; made by 'bulla completion fish'\n";
  for (const VerbRow& row : verbs()) {
    text += "complete -c bulla -n __fish_use_subcommand -f -a " + std::string(row.name) + " -d '" +
            quoted(row.summary) + "'\n";
    for (const FlagRow& flag : flags_behind(row.verb)) text += fish_flag(row, flag);
  }
  return text;
}

}  // namespace

std::optional<std::string> completion_text(std::string_view shell) {
  if (shell == "bash") return bash_text();
  if (shell == "zsh") return zsh_text();
  if (shell == "fish") return fish_text();
  return std::nullopt;
}

Exit run_completion(const Arguments& arguments) {
  Console console(Verbosity::Normal, host::Colour::Auto);
  std::string shell = arguments.operands.empty() ? "" : arguments.operands[0];
  auto text = completion_text(shell);
  if (!text) {
    return console.fail(Usage{shell.empty() ? "which shell?" : "no completions for '" + shell + "'",
                              "it takes bash, zsh or fish"});
  }
  print(1, *text);
  return Exit::Done;
}

}  // namespace bulla::cli
