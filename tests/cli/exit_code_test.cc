#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/json.h"
#include "cli/verdict_text.h"

namespace bulla::cli {
namespace {

TEST(ExitCode, every_rule_has_a_documented_one) {
  std::set<int> documented = {1, 3, 64, 65, 66, 69, 73, 74, 75, 77, 78};
  for (const RuleInfo& row : all_rules()) {
    EXPECT_TRUE(documented.count(static_cast<int>(exit_code(row.rule)))) << row.slug;
  }
}

TEST(ExitCode, rules) {
  EXPECT_EQ(exit_code(Rule::EncFailed), Exit::Invalid);
  EXPECT_EQ(exit_code(Rule::Asn1Truncated), Exit::Malformed);
  EXPECT_EQ(exit_code(Rule::LimitDepth), Exit::Malformed);
  EXPECT_EQ(exit_code(Rule::MimeNoBoundary), Exit::Malformed);
  EXPECT_EQ(exit_code(Rule::IoNoInput), Exit::NoInput);
  EXPECT_EQ(exit_code(Rule::IoWrite), Exit::Io);
  EXPECT_EQ(exit_code(Rule::IoSameFile), Exit::CannotCreate);
  EXPECT_EQ(exit_code(Rule::IoTerminal), Exit::CannotCreate);
  EXPECT_EQ(exit_code(Rule::CryptoUnavailable), Exit::Unavailable);
  EXPECT_EQ(exit_code(Rule::KeyNoneFits), Exit::NoKey);
  EXPECT_EQ(exit_code(Rule::CertExpired), Exit::NoKey);
  EXPECT_EQ(exit_code(Rule::PolicyAbsent), Exit::Absent);
  EXPECT_EQ(exit_code(Rule::StoreAbsent), Exit::NoInput);
  EXPECT_EQ(exit_code(Rule::StoreBusy), Exit::Temporary);
  EXPECT_EQ(exit_code(Rule::StoreUnavailable), Exit::Unavailable);
  EXPECT_EQ(exit_code(Rule::StoreNewer), Exit::Configuration);
  EXPECT_EQ(exit_code(Rule::StoreUnknown), Exit::NoKey);
}

Verdict verdict_of(Status status, bool missed = false) {
  Verdict verdict;
  verdict.status = status;
  verdict.requirement_missed = missed;
  return verdict;
}

TEST(ExitCode, verdicts) {
  using Require = Policy::Require;
  EXPECT_EQ(exit_code(verdict_of(Status::Valid), Require::Any), Exit::Done);
  EXPECT_EQ(exit_code(verdict_of(Status::Invalid), Require::Any), Exit::Invalid);
  EXPECT_EQ(exit_code(verdict_of(Status::Invalid, true), Require::Any), Exit::Invalid);
  EXPECT_EQ(exit_code(verdict_of(Status::Indeterminate), Require::Any), Exit::Indeterminate);
  EXPECT_EQ(exit_code(verdict_of(Status::Indeterminate, true), Require::Signed), Exit::Absent);
  EXPECT_EQ(exit_code(verdict_of(Status::Valid, true), Require::Encrypted), Exit::Absent);
  EXPECT_EQ(exit_code(verdict_of(Status::Unprotected), Require::Any), Exit::Absent);
  EXPECT_EQ(exit_code(verdict_of(Status::Unprotected), Require::Nothing), Exit::Done);
}

TEST(ExitCode, decryption_does_not_look_at_signatures) {
  Verdict verdict = verdict_of(Status::Indeterminate);
  EXPECT_EQ(exit_code_of_decryption(verdict), Exit::Absent);
  verdict.layers.emplace_back().kind = Layer::Kind::Enveloped;
  EXPECT_EQ(exit_code_of_decryption(verdict), Exit::Invalid);
  verdict.released = true;
  EXPECT_EQ(exit_code_of_decryption(verdict), Exit::Done);
}

TEST(ExitCode, decryption_with_what_a_profile_does_not_allow_is_indeterminate) {
  Verdict verdict = verdict_of(Status::Indeterminate);
  verdict.layers.emplace_back().kind = Layer::Kind::Enveloped;
  verdict.findings.push_back(Finding::of(Rule::PolicyAlgorithm));
  EXPECT_EQ(exit_code_of_decryption(verdict), Exit::Invalid);
  verdict.released = true;
  EXPECT_EQ(exit_code_of_decryption(verdict), Exit::Indeterminate);
}

Verdict hostile_verdict() {
  Verdict verdict = verdict_of(Status::Invalid);
  Layer& layer = verdict.layers.emplace_back();
  layer.algorithm = "sha\x1b[31m";
  SignerVerdict& signer = layer.signers.emplace_back();
  signer.status = Status::Invalid;
  signer.identifier = "CN=a\nvalid: signed by b";
  verdict.headers.is_protected = true;
  HeaderField& field = verdict.headers.fields.emplace_back();
  field.name = "Subject";
  field.value = "\xff\x1b]0;title\x07";
  field.outer_value = "other";
  field.differs = true;
  verdict.findings.push_back(Finding::of(Rule::SigDigestMismatch, "layer 1", "\r\nforged"));
  return verdict;
}

// T-95: no text of a message steers the terminal or begins a line of its own.
TEST(VerdictText, T95_control_characters_are_escaped) {
  for (Verbosity verbosity : {Verbosity::Normal, Verbosity::Verbose}) {
    Console console(verbosity, host::Colour::Never);
    std::string text = verdict_text(hostile_verdict(), Judged::Everything, console);
    EXPECT_EQ(text.find('\x1b'), text.npos);
    EXPECT_EQ(text.find('\r'), text.npos);
    EXPECT_EQ(text.find("\nvalid:"), text.npos);
    EXPECT_EQ(text.find("\nforged"), text.npos);
    EXPECT_EQ(text.rfind("invalid: the content was changed after it was signed", 0), 0u) << text;
  }
}

TEST(VerdictText, notes_are_for_the_curious) {
  Verdict verdict = verdict_of(Status::Unprotected);
  verdict.findings.push_back(Finding::of(Rule::PolicyUnprotected));
  Console normal(Verbosity::Normal, host::Colour::Never);
  Console verbose(Verbosity::Verbose, host::Colour::Never);
  EXPECT_EQ(verdict_text(verdict, Judged::Everything, normal),
            "unprotected: neither signed nor encrypted\n");
  EXPECT_NE(verdict_text(verdict, Judged::Everything, verbose).find("[policy.unprotected]"),
            std::string::npos);
}

TEST(VerdictText, colours_only_when_they_are_wanted) {
  Console colourful(Verbosity::Normal, host::Colour::Always);
  Verdict verdict = verdict_of(Status::Invalid);
  EXPECT_EQ(verdict_text(verdict, Judged::Everything, colourful), "\x1b[31minvalid:\x1b[0m\n");
}

TEST(Json, what_is_no_utf8_is_replaced_and_control_characters_are_escaped) {
  std::string json = verdict_json(hostile_verdict(), Exit::Invalid);
  EXPECT_NE(json.find("\\u001b]0;title"), json.npos);
  EXPECT_NE(json.find("\xef\xbf\xbd"), json.npos);
  EXPECT_NE(json.find("\"exit\": 1"), json.npos);
  EXPECT_EQ(json.find('\x1b'), json.npos);
}

TEST(Json, errors_have_rule_offset_text_and_advice) {
  std::string json = error_json({Rule::Asn1Truncated, 812, "x"}, Exit::Malformed);
  for (const char* part : {"\"rule\": \"asn1.truncated\"", "\"offset\": 812", "\"detail\": \"x\"",
                           "\"exit\": 65", "\"advice\": \""}) {
    EXPECT_NE(json.find(part), json.npos) << part;
  }
}

}  // namespace
}  // namespace bulla::cli
