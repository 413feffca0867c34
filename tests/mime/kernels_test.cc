#include "mime/kernels.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "mime/simd_target.h"

namespace bulla::mime::kernels {
namespace {

// Runs `check` with each instruction set that this processor has.
template <typename Check>
void on_every_target(Check check) {
  for (SimdTarget target : available_targets()) {
    SCOPED_TRACE(name(target));
    use_target_for_test(target);
    check();
  }
  use_target_for_test(std::nullopt);
}

// Octets at an odd place, with nothing after them that may be read.
class Placed {
 public:
  Placed(std::string_view text, std::size_t offset)
      : data_(new std::uint8_t[offset + text.size()]), octets_(data_.get() + offset, text.size()) {
    if (!text.empty()) std::memcpy(data_.get() + offset, text.data(), text.size());
  }
  ByteView view() const { return octets_; }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  ByteView octets_;
};

// Room for a result, and octets after it that have to stay as they are.
class Room {
 public:
  explicit Room(std::size_t size) : data_(size + 64, '#') {}
  MutableByteView view() { return MutableByteView(data_).first(data_.size() - 64); }
  std::string text(std::size_t written) const {
    EXPECT_LE(written + 64, data_.size());
    EXPECT_EQ(as_text(ByteView(data_).last(64)), std::string(64, '#'));
    return std::string(as_text(ByteView(data_).first(written)));
  }

 private:
  Bytes data_;
};

std::string decoded(Progress (*decode)(ByteView, MutableByteView), ByteView digits,
                    std::size_t room) {
  Room out(room);
  Progress done = decode(digits, out.view());
  return out.text(done.written) + "|" + std::to_string(done.read);
}

std::string encoded(std::size_t (*encode)(ByteView, std::string_view, MutableByteView),
                    ByteView octets, std::string_view line_break) {
  Room out(octets.size() / kBase64LineOctets * (kBase64LineDigits + line_break.size()));
  return out.text(encode(octets, line_break, out.view()));
}

std::string to_crlf(Converted (*convert)(ByteView, std::uint8_t, MutableByteView), ByteView text,
                    std::uint8_t before) {
  Room out(2 * text.size());
  Converted seen = convert(text, before, out.view());
  return out.text(seen.written) + (seen.crlf ? "|crlf" : "|") + (seen.bare_cr ? "|cr" : "|");
}

std::string to_lf(std::size_t (*convert)(ByteView, MutableByteView), ByteView text) {
  Room out(text.size());
  return out.text(convert(text, out.view()));
}

void expect_same_text(ByteView text) {
  EXPECT_EQ(find_uneven_line_end(text), scalar::find_uneven_line_end(text));
  EXPECT_EQ(find_bare_lf(text), scalar::find_bare_lf(text));
  EXPECT_EQ(find_dash_line(text), scalar::find_dash_line(text));
  EXPECT_EQ(find_not_seven_bit(text), scalar::find_not_seven_bit(text));
  EXPECT_EQ(find_not_literal(text), scalar::find_not_literal(text));
  EXPECT_EQ(find_unsafe_in_lines(text), scalar::find_unsafe_in_lines(text));
  EXPECT_EQ(find_foreign_control(text), scalar::find_foreign_control(text));
  EXPECT_EQ(find_foreign_octet(text), scalar::find_foreign_octet(text));
  EXPECT_EQ(to_lf(crlf_to_lf, text), to_lf(scalar::crlf_to_lf, text));
  for (std::uint8_t before : {'x', '\r', '\n'}) {
    EXPECT_EQ(to_crlf(lf_to_crlf, text, before), to_crlf(scalar::lf_to_crlf, text, before));
  }
}

void expect_same_digits(ByteView digits, std::size_t room) {
  EXPECT_EQ(decoded(decode_base64, digits, room), decoded(scalar::decode_base64, digits, room))
      << as_text(digits);
}

// Octets that matter among ones that do not, at all lengths around the width of a vector.
std::string random_text(std::mt19937& random) {
  constexpr std::string_view kOctets("\r\n-a\0\x80\n\r F\t=\x7f\xff", 14);
  std::string text(random() % 300, 'x');
  std::size_t rarity = 1 + random() % 60;
  for (char& c : text) {
    if (random() % rarity == 0) c = kOctets[random() % kOctets.size()];
  }
  return text;
}

std::string random_octets(std::mt19937& random, std::size_t size) {
  std::string octets(size, '\0');
  for (char& c : octets) c = static_cast<char>(random());
  return octets;
}

// Lines of base64 as an encoder with lines of this width writes them.
std::string digit_lines(std::mt19937& random, std::size_t size, std::size_t width,
                        std::string_view line_break) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string lines;
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0 && i % width == 0) lines += line_break;
    lines += kDigits[random() % kDigits.size()];
  }
  return lines;
}

TEST(Kernels, agree_with_their_twins_on_any_text) {
  on_every_target([] {
    std::mt19937 random(7);
    for (int i = 0; i < 5'000; ++i) {
      std::string text = random_text(random);
      expect_same_text(Placed(text, random() % 65).view());
    }
  });
}

TEST(Kernels, agree_wherever_one_octet_stands) {
  on_every_target([] {
    for (std::size_t size : {1u, 2u, 15u, 16u, 17u, 63u, 64u, 65u, 127u, 128u, 129u, 193u}) {
      for (std::size_t at = 0; at < size; ++at) {
        for (std::string_view odd : {"\n", "\r", "\r\n", "\n--", "\nF", " \r\n", "\x80", "="}) {
          std::string text(size, 'x');
          text.replace(at, odd.size(), odd);
          expect_same_text(Placed(text, at % 7).view());
        }
      }
    }
  });
}

TEST(Kernels, know_every_octet_at_every_place_of_a_stride) {
  on_every_target([] {
    std::string text(600, 'x');
    for (std::size_t at = 0; at < text.size(); at += at < 260 ? 1 : 17) {
      for (int octet = 0; octet < 256; ++octet) {
        text[at] = static_cast<char>(octet);
        ByteView all = as_bytes(text);
        ASSERT_EQ(find_foreign_control(all), scalar::find_foreign_control(all)) << octet;
        ASSERT_EQ(find_foreign_octet(all), scalar::find_foreign_octet(all)) << octet;
      }
      text[at] = 'x';
    }
  });
}

TEST(Kernels, encode_every_number_of_lines) {
  on_every_target([] {
    std::mt19937 random(8);
    for (std::size_t lines = 0; lines < 12; ++lines) {
      std::string octets = random_octets(random, lines * kBase64LineOctets);
      for (std::size_t offset = 0; offset < 65; ++offset) {
        Placed in(octets, offset);
        for (std::string_view line_break : {"\r\n", "\n", ""}) {
          EXPECT_EQ(encoded(encode_base64_lines, in.view(), line_break),
                    encoded(scalar::encode_base64_lines, in.view(), line_break));
        }
      }
    }
  });
}

TEST(Kernels, decode_every_octet_at_every_place) {
  on_every_target([] {
    std::mt19937 random(9);
    std::string lines = digit_lines(random, 280, 76, "\r\n");
    for (std::size_t at = 0; at < 160; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string changed = lines;
        changed[at] = static_cast<char>(octet);
        expect_same_digits(Placed(changed, at % 5).view(), 300);
      }
    }
  });
}

TEST(Kernels, decode_lines_of_every_shape_and_what_is_put_between) {
  on_every_target([] {
    constexpr std::string_view kBetween("\r\n \t=!\0\x80-_", 10);
    std::mt19937 random(10);
    for (int i = 0; i < 6'000; ++i) {
      constexpr std::size_t kWidths[] = {1,  4,  15, 16, 20, 32,  60, 64,
                                         72, 75, 76, 77, 80, 128, 999};
      std::size_t width = kWidths[random() % std::size(kWidths)];
      std::string lines =
          digit_lines(random, random() % 700, width, random() % 2 == 0 ? "\r\n" : "\n");
      for (std::size_t more = random() % 6; more > 0 && !lines.empty(); --more) {
        char odd = kBetween[random() % kBetween.size()];
        lines.insert(random() % lines.size(), 1 + random() % 3, odd);
      }
      std::size_t room = random() % 4 == 0 ? random() % 300 : lines.size();
      expect_same_digits(Placed(lines, random() % 65).view(), room);
    }
  });
}

TEST(Kernels, scalar_twins_find_what_they_say) {
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\r\nb\nc")), 4u);
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\rb")), 2u);
  EXPECT_EQ(scalar::find_uneven_line_end(as_bytes("a\r\nb\r")), 5u);
  EXPECT_EQ(scalar::find_bare_lf(as_bytes("\na\r\nb\rc\nd")), 7u);
  EXPECT_EQ(scalar::find_bare_lf(as_bytes("\na\r\nb\rc")), 7u);
  EXPECT_EQ(scalar::find_dash_line(as_bytes("--\n-\n--")), 4u);
  EXPECT_EQ(scalar::find_not_seven_bit(as_bytes("ab\x80")), 2u);
  EXPECT_EQ(scalar::find_not_seven_bit(as_bytes(std::string_view("a\0", 2))), 1u);
  for (std::string_view odd : {"\t", "=", "\r", "\n", "\x7f", "\x80", "\x1f"}) {
    EXPECT_EQ(scalar::find_not_literal(as_bytes("a ~!" + std::string(odd))), 4u) << odd;
  }
}

TEST(Kernels, scalar_twin_finds_controls_that_no_text_has_T03) {
  // Tab, line ends, what ISO 2022 shifts with, the end of a DOS file, octets past ASCII.
  std::string text = "a\t\n\v\f\r\x0e\x0f\x1a\x1b ~\x80\xff";
  EXPECT_EQ(scalar::find_foreign_control(as_bytes(text)), text.size());
  EXPECT_EQ(scalar::find_foreign_octet(as_bytes(text)), text.size() - 2);
  for (std::string odd :
       {std::string(1, '\0'), std::string("\x08"), std::string("\x10"), std::string("\x19"),
        std::string("\x1c"), std::string("\x1f"), std::string("\x7f")}) {
    EXPECT_EQ(scalar::find_foreign_control(as_bytes(text + odd)), text.size()) << odd;
    EXPECT_EQ(scalar::find_foreign_octet(as_bytes("a" + odd)), 1u) << odd;
  }
}

TEST(Kernels, scalar_twin_finds_what_a_relay_may_change_MIME_10) {
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a b\r\n\r\n.F\r")), 10u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("From")), 0u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a\r\nFa")), 3u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a\nb")), 1u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a\rb")), 2u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("\n")), 0u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a \r\n")), 2u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a\t\r\n")), 2u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes("a\xe4")), 1u);
  EXPECT_EQ(scalar::find_unsafe_in_lines(as_bytes(std::string_view("a\0b", 3))), 1u);
}

TEST(Kernels, scalar_twins_convert_as_they_say) {
  EXPECT_EQ(to_crlf(scalar::lf_to_crlf, as_bytes("a\nb\r\n\n\rc\r"), 'x'),
            "a\r\nb\r\n\r\n\rc\r|crlf|cr");
  EXPECT_EQ(to_crlf(scalar::lf_to_crlf, as_bytes("\na"), '\r'), "\na|crlf|");
  EXPECT_EQ(to_crlf(scalar::lf_to_crlf, as_bytes("a\n"), '\r'), "a\r\n||cr");
  EXPECT_EQ(to_lf(scalar::crlf_to_lf, as_bytes("a\r\n\r\r\nb\n\rc\r")), "a\n\r\nb\n\rc\r");
  EXPECT_EQ(decoded(scalar::decode_base64, as_bytes(" YW\r\nJj \tZGVm\n"), 9), "abcdef|14");
  EXPECT_EQ(decoded(scalar::decode_base64, as_bytes("YWJjZGVm"), 5), "abc|4");
  EXPECT_EQ(decoded(scalar::decode_base64, as_bytes("YWJj\n ZG=="), 9), "abc|6");
  EXPECT_EQ(decoded(scalar::decode_base64, as_bytes("YWJjZG!Vm"), 9), "abc|4");
  EXPECT_EQ(encoded(scalar::encode_base64_lines, as_bytes(std::string(114, '\0')), "\r\n"),
            std::string(76, 'A') + "\r\n" + std::string(76, 'A') + "\r\n");
}

}  // namespace
}  // namespace bulla::mime::kernels
