#include "bulla/rule.h"

#include <gtest/gtest.h>

#include <set>

namespace bulla {
namespace {

TEST(Rule, slugs_are_unique_and_found) {
  std::set<std::string_view> slugs;
  for (const RuleInfo& row : all_rules()) {
    EXPECT_TRUE(slugs.insert(row.slug).second) << row.slug;
    EXPECT_EQ(find_rule(row.slug), row.rule);
    EXPECT_NE(row.slug.find('.'), std::string_view::npos) << row.slug;
    EXPECT_FALSE(row.text.empty()) << row.slug;
  }
  EXPECT_EQ(find_rule("no.such-rule"), std::nullopt);
}

TEST(Rule, whatever_keeps_a_message_from_being_valid_has_advice) {
  for (const RuleInfo& row : all_rules()) {
    bool is_grave = row.severity == Severity::Failure || row.severity == Severity::Indeterminate;
    EXPECT_TRUE(!is_grave || !row.advice.empty()) << row.slug;
  }
}

TEST(Rule, advice_is_one_line_without_a_full_stop) {
  for (const RuleInfo& row : all_rules()) {
    EXPECT_LE(row.advice.size(), 80u) << row.slug;
    EXPECT_EQ(row.advice.find('\n'), std::string_view::npos) << row.slug;
    EXPECT_FALSE(row.advice.ends_with('.')) << row.slug;
  }
}

}  // namespace
}  // namespace bulla
