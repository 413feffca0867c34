#include "host/mbox.h"

#include <gtest/gtest.h>

#include <random>

#include "host/temporary_folder.h"

namespace bulla::host {
namespace {

constexpr std::string_view kFrom = "From alice@example.org Mon Jan  1 12:00:00 2024";

std::string line(std::string_view end = "\n") { return std::string(kFrom) + std::string(end); }

std::string read_in_steps(Source& source, std::size_t step) {
  std::string text;
  Bytes buffer(step);
  for (;;) {
    auto count = source.read(buffer);
    EXPECT_TRUE(count);
    if (!count || *count == 0) return text;
    text += as_text(ByteView(buffer).first(*count));
  }
}

std::vector<std::string> messages_of(const std::string& content) {
  TemporaryFolder folder;
  std::vector<std::string> messages;
  auto mbox = Mbox::open(folder.write("box", content));
  EXPECT_TRUE(mbox);
  while (mbox) {
    auto message = mbox->next();
    EXPECT_TRUE(message);
    if (!message || !*message) break;
    MboxSource source(mbox->descriptor(), **message, "box");
    messages.push_back(read_in_steps(source, 4'096));
    EXPECT_EQ(source.rewind(), true);
    EXPECT_EQ(read_in_steps(source, 1), messages.back());
  }
  return messages;
}

using Texts = std::vector<std::string>;

TEST(Mbox, messages_end_before_the_empty_line) {
  EXPECT_EQ(messages_of(line() + "A: 1\n\none\n\n" + line() + "A: 2\n\ntwo\n\n"),
            (Texts{"A: 1\n\none\n", "A: 2\n\ntwo\n"}));
}

TEST(Mbox, crlf_stays) {
  EXPECT_EQ(messages_of(line("\r\n") + "A: 1\r\n\r\none\r\n\r\n" + line("\r\n") + "A: 2\r\n\r\n"),
            (Texts{"A: 1\r\n\r\none\r\n", "A: 2\r\n"}));
}

TEST(Mbox, without_the_last_line_end_or_the_empty_line_nothing_is_lost) {
  EXPECT_EQ(messages_of(line() + "A: 1\n\none\n" + line() + "A: 2\n\ntwo"),
            (Texts{"A: 1\n\none\n", "A: 2\n\ntwo"}));
}

TEST(Mbox, an_empty_file_has_no_messages_and_empty_messages_count) {
  EXPECT_EQ(messages_of(""), Texts{});
  EXPECT_EQ(messages_of(line()), Texts{""});
  EXPECT_EQ(messages_of(std::string(kFrom)), Texts{""});
  EXPECT_EQ(messages_of(line() + line() + "\n" + line() + "\n\n"), (Texts{"", "", "\n"}));
}

TEST(Mbox, a_line_that_begins_with_From_and_has_no_date_is_text) {
  std::string body = "A: 1\n\nFrom the harbour we sail.\n\nFrom Monday on, at 12:00:00 2024\n";
  EXPECT_EQ(messages_of(line() + body + "\n" + line() + body), (Texts{body, body}));
}

TEST(Mbox, one_mark_of_quoting_goes) {
  EXPECT_EQ(messages_of(line() + ">From a\n>>From b\n> From c\n>Fro\n>>\n x>From d\n>From"),
            Texts{"From a\n>From b\n> From c\n>Fro\n>>\n x>From d\n>From"});
}

TEST(Mbox, the_end_of_a_window_may_be_anywhere) {
  const std::size_t window = 256u << 10;
  for (std::size_t cut = 0; cut <= kFrom.size() + 4; ++cut) {
    std::string first = "A: 1\n\n" + std::string(window - kFrom.size() - 8 - cut, 'x') + "\n";
    std::string second(window + cut, 'y');
    EXPECT_EQ(messages_of(line() + first + "\n" + line() + second + "\n\n" + line()),
              (Texts{first, second + "\n", ""}))
        << cut;
  }
}

TEST(Mbox, a_file_without_From_line_is_refused) {
  TemporaryFolder folder;
  EXPECT_EQ(Mbox::open(folder.write("a", "Subject: x\n\ny\n")).error().rule, Rule::IoNoInput);
  EXPECT_EQ(Mbox::open(folder.path("absent")).error().rule, Rule::IoNoInput);
  EXPECT_EQ(Mbox::open(folder.path(".")).error().rule, Rule::IoNoInput);
  EXPECT_FALSE(looks_like_mbox(folder.path("a")));
  EXPECT_FALSE(looks_like_mbox(folder.path(".")));
  EXPECT_TRUE(looks_like_mbox(folder.write("b", "")));
  EXPECT_TRUE(looks_like_mbox(folder.write("c", line())));
}

TEST(FromUnquoter, pieces_of_any_size_give_the_same) {
  std::mt19937 random(7);
  constexpr std::string_view kLetters = ">>From \nx";
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) {
      if (random() % 4 == 0) text += ">From ";
      text += kLetters[random() % kLetters.size()];
    }
    Bytes whole;
    FromUnquoter one;
    one.push(as_bytes(text), whole);
    one.finish(whole);
    Bytes pieces;
    FromUnquoter other;
    for (ByteView rest = as_bytes(text); !rest.empty();) {
      std::size_t count = std::min<std::size_t>(1 + random() % 5, rest.size());
      other.push(rest.first(count), pieces);
      rest = rest.subspan(count);
    }
    other.finish(pieces);
    EXPECT_EQ(as_text(whole), as_text(pieces)) << text;
  }
}

TEST(FromLine, dates_as_programs_write_them) {
  auto noon = parse_time("2024-01-01T12:00:00Z");
  EXPECT_EQ(parse_from_line(kFrom), noon);
  EXPECT_EQ(parse_from_line("From - Mon Jan 01 12:00:00 2024\r"), noon);
  EXPECT_EQ(parse_from_line("From Mon Jan 1 12:00:00 2024"), noon);
  EXPECT_EQ(parse_from_line("From 17@xxx Mon Jan 01 13:00:00 +0100 2024"), noon);
  EXPECT_EQ(parse_from_line("From a@b Mon Jan 01 11:00:00 2024 -0100"), noon);
  EXPECT_EQ(parse_from_line("From \"a b\"@c Mon Jan 01 12:00 UTC 2024 remote from d"), noon);
  EXPECT_EQ(parse_from_line("From the Mon Jan 32 12:00:00 2024"), std::nullopt);
  EXPECT_EQ(parse_from_line("From a@b Mon Jan 1 2024"), std::nullopt);
  EXPECT_EQ(parse_from_line("From "), std::nullopt);
  EXPECT_EQ(parse_from_line(""), std::nullopt);
}

}  // namespace
}  // namespace bulla::host
