// Each bit of a message is flipped and each beginning of it is opened: no other content is
// ever valid, and none comes out that something protected (T-02, T-156). Some places alone,
// unless BULLA_EXHAUSTIVE=1 asks for all of them: that takes minutes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "message/people.h"

namespace bulla::testing {
namespace {

constexpr char kMail[] =
    "From: alice@example.org\r\nTo: ec@example.org\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
    "the ship leaves at dawn, and nobody must know before it does\r\n";

bool is_exhaustive() { return std::getenv("BULLA_EXHAUSTIVE") != nullptr; }

// How messages with one change came out.
struct Outcomes {
  std::size_t refused = 0;        // an error, or invalid: nothing came out
  std::size_t kept = 0;           // not an error, and nothing came out
  std::size_t same = 0;           // the content as it was: the change was no part of it
  std::size_t indeterminate = 0;  // another content, not called good
  std::size_t valid = 0;          // another content, called good

  void add(const Opened& opened, const std::string& good) {
    bool is_valid = opened.verdict && opened.status() == Status::Valid;
    if (opened.content.empty()) {
      ++(opened.status() == Status::Invalid ? refused : kept);
    } else if (opened.content == good) {
      ++same;
    } else {
      ++(is_valid ? valid : indeterminate);
    }
  }
};

std::ostream& operator<<(std::ostream& out, const Outcomes& outcomes) {
  return out << outcomes.refused << " refused, " << outcomes.kept << " without content, "
             << outcomes.same << " with the same, " << outcomes.indeterminate
             << " indeterminate with another, " << outcomes.valid << " valid with another";
}

struct Form {
  const char* name;
  Recipe recipe;
  SealOptions::Form form;
  bool is_authenticated;  // no other content comes out at all
};

Recipe plain(std::vector<Step> steps) {
  return {.steps = std::move(steps), .header_protection = Recipe::HeaderProtection::Off};
}

std::vector<Form> forms() {
  auto opaque = [] { return sign_as("alice", "alice", Sign::Form::Opaque); };
  using Shape = SealOptions::Form;
  return {{"clear", {.steps = {sign_as("alice", "alice")}}, Shape::Mail, false},
          {"opaque", plain({opaque()}), Shape::Der, true},
          {"cbc", plain({opaque(), encrypt_to("ec")}), Shape::Der, false},
          {"gcm", plain({opaque(), encrypt_to("ec", ContentCipher::Aes256Gcm)}), Shape::Der, true}};
}

std::string sealed(const Form& form) {
  return seal_mail(kMail, form.recipe, {.at = kNow, .limits = {}, .form = form.form});
}

TEST(Tamper, T02_no_flipped_bit_makes_another_content_valid) {
  World world;
  for (const Form& form : forms()) {
    std::string message = sealed(form);
    std::string good = open_mail(message, world.options).content;
    ASSERT_NE(good, "") << form.name;
    Outcomes outcomes;
    // A field that is put into the outer header is shown, and is nothing that anybody signed.
    std::size_t begin = form.form == SealOptions::Form::Mail ? message.find("\r\n\r\n") + 4 : 0;
    for (std::size_t bit = 8 * begin; bit < 8 * message.size(); bit += is_exhaustive() ? 1 : 97) {
      std::string changed = message;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      outcomes.add(open_mail(changed, world.options), good);
    }
    std::cout << form.name << ", " << message.size() << " octets, bits: " << outcomes << "\n";
    EXPECT_EQ(outcomes.valid, 0u) << form.name;
    EXPECT_TRUE(!form.is_authenticated || outcomes.indeterminate == 0) << form.name;
    EXPECT_GT(outcomes.refused, 0u) << form.name;
  }
}

TEST(Tamper, T156_no_beginning_gives_content) {
  World world;
  for (const Form& form : forms()) {
    std::string message = sealed(form);
    std::string good = open_mail(message, world.options).content;
    std::size_t end = message.find_last_not_of("\r\n") + 1;
    Outcomes outcomes;
    for (std::size_t size = 0; size < end; size += is_exhaustive() ? 1 : 13) {
      outcomes.add(open_mail(std::string_view(message).substr(0, size), world.options), good);
    }
    std::cout << form.name << ", beginnings: " << outcomes << "\n";
    EXPECT_EQ(outcomes.same + outcomes.indeterminate + outcomes.valid, 0u) << form.name;
  }
}

}  // namespace
}  // namespace bulla::testing
