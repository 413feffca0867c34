#include "cli/flags.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "cli/commands.h"

namespace bulla::cli {
namespace {

std::string read_page(const std::string& name) {
  std::ifstream file(std::string(BULLA_TEST_DATA) + "/../../docs/man/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_manual(const VerbRow& verb) {
  return verb.verb != kDoctor && verb.verb != kCompletion && verb.verb != kHelp;
}

// Of one verb; --to is a form to one and a person to another.
TEST(Flags, names_and_letters_are_unique) {
  std::map<std::string_view, Verbs> taken;
  for (const FlagRow& row : flags()) {
    for (std::string_view name : {row.name, row.letter}) {
      if (name.empty()) continue;
      EXPECT_EQ(taken[name] & row.verbs, 0u) << name;
      taken[name] |= row.verbs;
    }
    EXPECT_NE(row.verbs, 0u) << row.name;
    EXPECT_EQ(row.kind == Value::None, row.value.empty()) << row.name;
  }
}

TEST(Flags, every_flag_is_in_the_help_of_its_verbs) {
  for (const VerbRow& verb : verbs()) {
    std::string text = help_text(verb);
    for (const FlagRow& flag : flags_of(verb.verb)) {
      EXPECT_NE(text.find(std::string(flag.name)), text.npos) << verb.name << flag.name;
    }
    EXPECT_NE(help_text().find("\n  " + std::string(verb.name) + " "), text.npos) << verb.name;
  }
}

TEST(Flags, help_fits_a_terminal_of_80_columns) {
  for (const VerbRow& verb : verbs()) {
    std::string text = help_text(verb);
    for (std::string_view line : split(text, '\n')) EXPECT_LE(line.size(), 80u) << line;
  }
  std::string text = help_text();
  for (std::string_view line : split(text, '\n')) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Flags, every_flag_is_in_the_manual_page_of_its_verbs) {
  for (const VerbRow& verb : verbs()) {
    if (!has_manual(verb)) continue;
    std::string page = read_page("bulla-" + std::string(verb.name) + ".1.scd");
    ASSERT_FALSE(page.empty()) << verb.name;
    for (const FlagRow& flag : flags_of(verb.verb)) {
      EXPECT_NE(page.find("*" + std::string(flag.name) + "*"), page.npos)
          << verb.name << " " << flag.name;
    }
  }
}

TEST(Flags, manual_pages_name_no_other_flags) {
  for (const VerbRow& verb : verbs()) {
    if (!has_manual(verb)) continue;
    std::string page = read_page("bulla-" + std::string(verb.name) + ".1.scd");
    page = page.substr(page.find("# FLAGS"));
    for (const FlagRow& flag : flags()) {
      bool described = page.find("\n*" + std::string(flag.name) + "*") != page.npos ||
                       page.find(", *" + std::string(flag.name) + "* ") != page.npos;
      bool has_it = std::any_of(flags().begin(), flags().end(), [&](const FlagRow& row) {
        return row.name == flag.name && (row.verbs & verb.verb) != 0;
      });
      EXPECT_TRUE(!described || has_it) << verb.name << " " << flag.name;
    }
  }
}

TEST(Flags, every_verb_is_in_the_main_manual_page) {
  std::string page = read_page("bulla.1.scd");
  for (const VerbRow& verb : verbs()) {
    EXPECT_NE(page.find("*" + std::string(verb.name)), page.npos) << verb.name;
  }
}

TEST(Completion, every_verb_and_flag_is_in_every_shell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    std::string text = completion_text(shell).value_or("");
    for (const VerbRow& verb : verbs()) {
      EXPECT_NE(text.find(std::string(verb.name)), text.npos) << shell << verb.name;
    }
    for (const FlagRow& flag : flags()) {
      std::string name(flag.name);
      if (std::string_view(shell) == "fish") name = "-l " + name.substr(2);
      EXPECT_NE(text.find(name), text.npos) << shell << flag.name;
    }
  }
  EXPECT_EQ(completion_text("csh"), std::nullopt);
}

TEST(Closest, finds_what_was_meant) {
  std::vector<std::string_view> names = {"open", "seal", "sign", "verify", "encrypt"};
  EXPECT_EQ(closest("opne", names), "open");
  EXPECT_EQ(closest("verfiy", names), "verify");
  EXPECT_EQ(closest("encrytp", names), "encrypt");
  EXPECT_EQ(closest("zzzz", names), "");
  EXPECT_EQ(closest(std::string(1000, 'a'), names), "");
}

Usage parse_wrong(std::string_view verb, const std::vector<std::string>& words) {
  auto arguments = parse_arguments(*find_verb(verb), words);
  EXPECT_FALSE(arguments) << verb;
  return arguments ? Usage{} : arguments.error();
}

TEST(Arguments, values_flags_and_operand) {
  auto arguments = parse_arguments(
      *find_verb("open"), {"-i", "a.pem", "--identity=b.pem", "-q", "mail.eml", "-o", "-"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->all("--identity"), (std::vector<std::string>{"a.pem", "b.pem"}));
  EXPECT_EQ(arguments->get("--output"), "-");
  EXPECT_TRUE(arguments->has("--quiet"));
  EXPECT_FALSE(arguments->has("--verbose"));
  EXPECT_EQ(arguments->operands, std::vector<std::string>{"mail.eml"});
}

TEST(Arguments, a_file_may_begin_with_a_dash_behind_two) {
  auto arguments = parse_arguments(*find_verb("verify"), {"--", "-mail.eml"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->operands, std::vector<std::string>{"-mail.eml"});
}

TEST(Arguments, mistakes_are_explained) {
  EXPECT_EQ(parse_wrong("seal", {"--recipent", "a"}).hint, "did you mean --recipient?");
  EXPECT_EQ(parse_wrong("verify", {"--cipher", "a"}).problem, "'verify' has no flag --cipher");
  EXPECT_EQ(parse_wrong("verify", {"a", "b"}).problem, "unexpected argument b");
  EXPECT_EQ(parse_wrong("verify", {"--at"}).problem, "--at needs a value");
  EXPECT_EQ(parse_wrong("verify", {"--at", "1", "--at", "2"}).problem, "--at is given twice");
}

// T-124: secrets come from files, descriptors and terminals alone.
TEST(Flags, T124_no_flag_takes_a_secret_itself) {
  for (const FlagRow& row : flags()) {
    std::string name(row.name);
    bool secret = name.find("pass") != name.npos || name.find("kek") != name.npos;
    if (!secret) continue;
    EXPECT_TRUE(name.find("-file") != name.npos || name.find("-fd") != name.npos ||
                row.value.find("FILE") != row.value.npos)
        << name;
  }
}

}  // namespace
}  // namespace bulla::cli
