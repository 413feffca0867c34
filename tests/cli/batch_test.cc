#include <gtest/gtest.h>

#include <algorithm>

#include "cli/batch_journal.h"
#include "cli/batch_output.h"
#include "cli/batch_report.h"
#include "host/temporary_folder.h"

namespace bulla::cli {
namespace {

TEST(BatchOutput, no_path_leads_out_of_the_folder) {
  EXPECT_EQ(path_below("a/b.eml"), "a/b.eml");
  EXPECT_EQ(path_below("/a//./b.eml"), "a/b.eml");
  EXPECT_EQ(path_below("../../a/../b.eml"), "b.eml");
  EXPECT_EQ(path_below("a/.."), "");
  EXPECT_EQ(path_below("-x/...eml"), "-x/...eml");
}

TEST(BatchOutput, sizes_in_names_of_a_Maildir_go) {
  EXPECT_EQ(without_sizes("1.M2.h,S=12,W=13:2,S"), "1.M2.h:2,S");
  EXPECT_EQ(without_sizes("1.h,U=5,S=12"), "1.h,U=5");
  EXPECT_EQ(without_sizes("1.h,S=x:2,S=1"), "1.h,S=x:2,S=1");
  EXPECT_EQ(without_sizes("S=12"), "S=12");
}

TEST(BatchOutput, reserved_names_and_the_input_itself_are_refused) {
  TemporaryFolder folder;
  BatchOutput output(folder.path("."), InputKind::List);
  BatchItem item;
  item.path = ".bulla-journal";
  item.file = folder.write("a", "x");
  EXPECT_EQ(output.target(item).error().rule, Rule::IoCannotCreate);
  item.path = "..";
  EXPECT_EQ(output.target(item).error().rule, Rule::IoCannotCreate);
  item.path = "a";
  EXPECT_EQ(output.target(item).error().rule, Rule::IoSameFile);
  item.path = "b";
  EXPECT_TRUE(output.target(item));
  EXPECT_TRUE(output.claim("b"));
  EXPECT_FALSE(output.claim("b"));
}

TEST(BatchReport, an_outcome_survives_its_line) {
  Outcome outcome;
  outcome.item.index = 7;
  outcome.item.path = "a\n\xff\".eml";
  outcome.status = "invalid";
  outcome.exit = Exit::Invalid;
  outcome.findings = {"sig.digest-mismatch"};
  outcome.signer = "alice@example.com";
  outcome.output = "out/a";
  outcome.bytes_in = 1;
  outcome.bytes_out = 2;
  outcome.sha256_in = "aa";
  outcome.sha256_out = "bb";
  std::string json = outcome_json(outcome);
  EXPECT_EQ(json.find('\n'), json.npos);
  auto read = parse_outcome(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->item.path, outcome.item.path);
  EXPECT_EQ(outcome_json(*read), json);
  EXPECT_FALSE(parse_outcome("nonsense"));
}

TEST(BatchReport, what_is_to_be_done_again_is_worst) {
  EXPECT_EQ(worse(Exit::Done, Exit::Absent), Exit::Absent);
  EXPECT_EQ(worse(Exit::Absent, Exit::Indeterminate), Exit::Indeterminate);
  EXPECT_EQ(worse(Exit::Malformed, Exit::Invalid), Exit::Invalid);
  EXPECT_EQ(worse(Exit::Indeterminate, Exit::NoKey), Exit::NoKey);
  EXPECT_EQ(worse(Exit::NoInput, Exit::Invalid), Exit::NoInput);
  EXPECT_EQ(worse(Exit::NoInput, Exit::Io), Exit::Io);
}

class Journal : public testing::Test {
 protected:
  std::unique_ptr<BatchJournal> open(const std::string& fingerprint = "f") {
    auto journal = BatchJournal::open(folder_.path("journal"), fingerprint);
    EXPECT_TRUE(journal) << (journal ? "" : describe(journal.error()));
    return journal ? std::move(*journal) : nullptr;
  }
  void fill(int count) {
    auto journal = open();
    for (int i = 0; i < count; ++i) {
      journal->add(id(i), Exit::Done, "{\"index\":" + std::to_string(i) + "}");
    }
    EXPECT_TRUE(journal->commit());
  }
  static JournalId id(int number) { return journal_id(std::to_string(number)); }
  std::string content() { return folder_.read("journal"); }
  void set_content(const std::string& text) { folder_.write("journal", text); }

  TemporaryFolder folder_;
};

TEST_F(Journal, finds_what_an_earlier_run_did) {
  fill(3);
  auto journal = open();
  auto found = journal->find(id(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->json, "{\"index\":1}");
  EXPECT_EQ(journal->read(found->slot), found->json);
  EXPECT_FALSE(journal->find(id(3)));
}

TEST_F(Journal, what_may_pass_is_done_again_and_the_last_record_counts) {
  {
    auto journal = open();
    for (Exit exit : {Exit::Io, Exit::NoInput, Exit::CannotCreate, Exit::Temporary}) {
      journal->add(id(static_cast<int>(exit)), exit, "{}");
    }
    journal->add(id(1), Exit::Io, "{}");
    journal->add(id(1), Exit::Invalid, "{\"second\":1}");
    EXPECT_TRUE(journal->commit());
  }
  auto journal = open();
  EXPECT_FALSE(journal->find(id(static_cast<int>(Exit::Io))));
  EXPECT_FALSE(journal->find(id(static_cast<int>(Exit::NoInput))));
  ASSERT_TRUE(journal->find(id(1)));
  EXPECT_EQ(journal->find(id(1))->json, "{\"second\":1}");
}

TEST_F(Journal, wherever_it_is_torn_the_whole_lines_before_count) {
  fill(3);
  std::string whole = content();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    set_content(whole.substr(0, size));
    std::size_t lines = static_cast<std::size_t>(
        std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    {
      auto journal = open();
      ASSERT_TRUE(journal) << size;
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(journal->find(id(static_cast<int>(i))).has_value(), i + 1 < lines) << size;
      }
      journal->add(id(9), Exit::Done, "{}");
      EXPECT_TRUE(journal->commit());
    }
    EXPECT_TRUE(open()->find(id(9))) << size;
  }
}

TEST_F(Journal, a_changed_octet_ends_it_there) {
  fill(3);
  std::string text = content();
  text[text.find("\"index\":1")] = '!';
  set_content(text);
  auto journal = open();
  EXPECT_TRUE(journal->find(id(0)));
  EXPECT_FALSE(journal->find(id(1)));
  EXPECT_FALSE(journal->find(id(2)));
}

TEST_F(Journal, belongs_to_its_options_and_to_one_process) {
  fill(1);
  auto other = BatchJournal::open(folder_.path("journal"), "g");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().detail.find("other options"), std::string::npos);
  auto journal = open();
  EXPECT_EQ(BatchJournal::open(folder_.path("journal"), "f").error().rule, Rule::IoCannotCreate);
  std::string letter = folder_.write("letter", "Subject: x\n\ny\n");
  EXPECT_EQ(BatchJournal::open(letter, "f").error().rule, Rule::IoUsage);
  EXPECT_EQ(folder_.read("letter"), "Subject: x\n\ny\n");
}

}  // namespace
}  // namespace bulla::cli
