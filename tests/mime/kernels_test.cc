#include "mime/kernels.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace bulla::mime::kernels {
namespace {

// Texts of a few octets that matter, at all lengths around the width of a vector.
std::string random_text(std::mt19937& random) {
  constexpr std::string_view kOctets("\r\n-a\0\x80\n\r", 8);
  std::string text(random() % 300, 'x');
  std::size_t rarity = 1 + random() % 60;
  for (char& c : text) {
    if (random() % rarity == 0) c = kOctets[random() % kOctets.size()];
  }
  return text;
}

TEST(Kernels, agree_with_their_scalar_twins) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_text(random);
    ByteView octets = as_bytes(text);
    EXPECT_EQ(find_uneven_line_end(octets), scalar::find_uneven_line_end(octets));
    EXPECT_EQ(find_dash_line(octets), scalar::find_dash_line(octets));
    EXPECT_EQ(find_not_seven_bit(octets), scalar::find_not_seven_bit(octets));
  }
}

TEST(Kernels, scalar_twins_find_what_they_say) {
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\r\nb\nc")), 4u);
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\rb")), 2u);
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\r\nb\r")), 5u);
  EXPECT_EQ(scalar::find_dash_line(as_bytes("--\n-\n--")), 4u);
  EXPECT_EQ(scalar::find_not_seven_bit(as_bytes("ab\x80")), 2u);
  EXPECT_EQ(scalar::find_not_seven_bit(as_bytes(std::string_view("a\0", 2))), 1u);
}

}  // namespace
}  // namespace bulla::mime::kernels
