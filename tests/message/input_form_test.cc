#include "message/input_form.h"

#include <gtest/gtest.h>

#include "message/people.h"
#include "mime/base64.h"

namespace bulla::testing {
namespace {

std::string der_message(const std::string& content, const Recipe& recipe) {
  return seal_mail(content, recipe, {.at = kNow, .limits = {}, .form = SealOptions::Form::Der});
}

// Lines of 64 digits.
std::string base64_lines(const std::string& der, const std::string& line_end) {
  std::string digits = mime::base64(as_bytes(der));
  std::string text;
  for (std::size_t at = 0; at < digits.size(); at += 64) text += digits.substr(at, 64) + line_end;
  return text;
}

Recipe opaque() { return {.steps = {sign_as("alice", "alice", Sign::Form::Opaque)}}; }

TEST(InputForm, bare_base64_of_cms_is_opened_in_any_chunks) {
  World world;
  Recipe sealed{.steps = {sign_as("alice", "alice", Sign::Form::Opaque), encrypt_to("ec")}};
  for (const Recipe& recipe : {opaque(), sealed}) {
    std::string der = der_message("octets", recipe);
    for (const char* line_end : {"\n", "\r\n", ""}) {
      std::string text = base64_lines(der, line_end);
      for (std::size_t chunk : {std::size_t{1}, std::size_t{0}, text.size()}) {
        ChunkedSource source(as_bytes(text), chunk);
        Opened opened = open_from(source, world.options);
        EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
        EXPECT_EQ(opened.content, "octets");
      }
    }
  }
}

TEST(InputForm, what_follows_the_base64_is_refused) {
  World world;
  for (const char* content : {"octets", "octets.", "octets.."}) {
    std::string text = base64_lines(der_message(content, opaque()), "\n");
    for (const char* more : {"--\nsent from a list\n", "MIIB\n", "\x01", "="}) {
      Opened opened = open_mail(text + more, world.options);
      EXPECT_FALSE(opened.verdict) << content << " and " << more << opened.text();
      EXPECT_EQ(opened.content, "");
    }
  }
}

TEST(InputForm, a_cut_or_damaged_base64_is_refused) {
  World world;
  std::string text = base64_lines(der_message("octets", opaque()), "\n");
  EXPECT_FALSE(open_mail(text.substr(0, text.size() / 2), world.options).verdict);
  std::string damaged = text;
  damaged[200] = '*';
  Opened opened = open_mail(damaged, world.options);
  EXPECT_NE(opened.status(), Status::Valid) << opened.text();
  EXPECT_EQ(opened.content, "");
}

struct Row {
  std::string text;
  InputForm form;
};

TEST(InputForm, text_that_begins_like_base64_stays_a_mail) {
  std::string lone = mime::base64(certificate("alice").der());
  const Row kRows[] = {
      {der_message("octets", opaque()), InputForm::Der},
      {"-----BEGIN CMS-----\n", InputForm::Pem},
      {base64_lines(der_message("octets", opaque()), "\n"), InputForm::Base64},
      {lone, InputForm::Mail},
      {"MIIB", InputForm::Mail},
      {"MIIBlamestMailEverWrittenWithoutAnyHeaderButWithAlphabetLettersAlone", InputForm::Mail},
      {"MIME-Version: 1.0\r\n\r\n", InputForm::Mail},
      {"MIIB: a field with an odd name\n\n", InputForm::Mail},
      {"Message-ID: <a@b>\n\n", InputForm::Mail},
      {"M", InputForm::Mail},
      {"", InputForm::Mail},
      {"0: x", InputForm::Mail},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(input_form(as_bytes(row.text)), row.form) << row.text;
  }
}

TEST(InputForm, promise_9_what_is_held_is_bounded) {
  EXPECT_TRUE(needs_more(as_bytes("MIIBzQYJKoZIhvcNAQcCo")));
  EXPECT_FALSE(needs_more(as_bytes("Message-ID: <a@b>\n")));
  EXPECT_FALSE(needs_more(as_bytes(std::string(128, 'M'))));
  EXPECT_FALSE(needs_more(as_bytes("MI" + std::string(126, '\n'))));
}

}  // namespace
}  // namespace bulla::testing
