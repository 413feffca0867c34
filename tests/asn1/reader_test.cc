#include "asn1/reader.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "hex.h"

namespace bulla::asn1 {
namespace {

// The rule with which reading fails, or nothing.
template <typename Read>
std::optional<Rule> failure_of(std::string_view hex, Read read) {
  Bytes der = from_hex(hex);
  auto result = decode(der, [&](Reader& in) {
    read(in);
    return 0;
  });
  if (result) return std::nullopt;
  return result.error().rule;
}

struct Case {
  const char* hex;
  std::optional<Rule> rule;
};

TEST(Reader, T47_integers_are_minimal_and_fit) {
  for (const Case& c :
       {Case{"02 01 00", {}}, Case{"02 01 7f", {}}, Case{"02 02 00 80", {}},
        Case{"02 00", Rule::Asn1BadInteger}, Case{"02 02 00 7f", Rule::Asn1BadInteger},
        Case{"02 01 80", Rule::Asn1BadInteger}, Case{"02 08 7f ff ff ff ff ff ff ff", {}},
        Case{"02 09 00 ff ff ff ff ff ff ff ff", Rule::Asn1BadInteger},
        Case{"02 81 01 00", Rule::Asn1NotMinimal},
        Case{"22 03 02 01 00", Rule::Asn1UnexpectedTag}}) {
    EXPECT_EQ(failure_of(c.hex, [](Reader& in) { in.small_integer(); }), c.rule) << c.hex;
  }
  EXPECT_EQ(failure_of("02 02 ff 80", [](Reader& in) { in.integer(); }), Rule::Asn1NotMinimal);
  EXPECT_EQ(failure_of("02 02 ff 7f", [](Reader& in) { in.integer(); }), std::nullopt);
}

TEST(Reader, T47_booleans_are_00_or_ff_and_defaults_absent) {
  EXPECT_EQ(failure_of("01 01 ff", [](Reader& in) { in.boolean(); }), std::nullopt);
  EXPECT_EQ(failure_of("01 01 01", [](Reader& in) { in.boolean(); }), Rule::Asn1BadBoolean);
  EXPECT_EQ(failure_of("01 02 ff ff", [](Reader& in) { in.boolean(); }), Rule::Asn1BadBoolean);
  EXPECT_EQ(failure_of("01 01 00", [](Reader& in) { in.optional_boolean(); }),
            Rule::Asn1NotMinimal);
}

TEST(Reader, T47_bit_strings_have_zero_padding) {
  for (const Case& c :
       {Case{"03 01 00", {}}, Case{"03 02 07 80", {}}, Case{"03 02 07 81", Rule::Asn1BadBitString},
        Case{"03 02 08 00", Rule::Asn1BadBitString}, Case{"03 01 01", Rule::Asn1BadBitString},
        Case{"03 00", Rule::Asn1BadBitString}}) {
    EXPECT_EQ(failure_of(c.hex, [](Reader& in) { in.bit_string(); }), c.rule) << c.hex;
  }
}

TEST(Reader, T47_nulls_are_empty_and_strings_are_of_their_kind) {
  for (const Case& c : {Case{"05 00", {}}, Case{"05 01 00", Rule::Asn1BadNull}}) {
    EXPECT_EQ(failure_of(c.hex, [](Reader& in) { in.null(); }), c.rule) << c.hex;
  }
  for (const Case& c : {Case{"0c 02 c3 a9", {}}, Case{"0c 02 c3 28", Rule::Asn1BadString},
                        Case{"1e 02 00 41", {}}, Case{"1e 01 41", Rule::Asn1BadString}}) {
    EXPECT_EQ(failure_of(c.hex, [](Reader& in) { read_string(in); }), c.rule) << c.hex;
  }
}

TEST(Reader, T44_elements_are_counted) {
  Bytes der = from_hex("30 06 05 00 05 00 05 00");
  for (std::size_t limit : {3, 4}) {
    auto result = decode(der,
                         [](Reader& in) {
                           Reader inside = in.sequence();
                           while (inside.more()) inside.null();
                           return 0;
                         },
                         {.der_elements = limit});
    EXPECT_EQ(result.has_value(), limit == 4);
    if (!result) {
      EXPECT_EQ(result.error().rule, Rule::LimitElements);
    }
  }
}

TEST(Reader, T44_lengths_past_the_input_are_truncation) {
  auto any = [](Reader& in) { in.element(); };
  for (const Case& c :
       {Case{"30", Rule::Asn1Truncated}, Case{"30 01", Rule::Asn1Truncated},
        Case{"30 84 7f ff ff ff", Rule::Asn1Truncated},
        Case{"30 88 ff ff ff ff ff ff ff ff", Rule::Asn1Truncated},
        Case{"30 89 01 00 00 00 00 00 00 00 00", Rule::Asn1BadLength},
        Case{"30 80 00 00", Rule::Asn1BadLength}, Case{"30 ff", Rule::Asn1BadLength},
        Case{"30 82 00 80", Rule::Asn1NotMinimal}, Case{"30 82 00 01 05", Rule::Asn1NotMinimal},
        Case{"1f 01 00", Rule::Asn1UnexpectedTag}, Case{"bf 1f 00", Rule::Asn1UnexpectedTag}}) {
    EXPECT_EQ(failure_of(c.hex, any), c.rule) << c.hex;
  }
}

TEST(Reader, T40_trailing_data_fails_at_any_level_with_its_offset) {
  Bytes der = from_hex("30 06 02 01 01 02 01 02");
  auto result = decode(der, [](Reader& in) {
    Reader seq = in.sequence();
    return seq.small_integer();
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, Rule::Asn1TrailingData);
  EXPECT_EQ(result.error().offset, 5u);
  EXPECT_EQ(failure_of("05 00 00", [](Reader& in) { in.null(); }), Rule::Asn1TrailingData);
}

TEST(Reader, T46_oids_are_bounded_and_minimal) {
  auto oid = [](Reader& in) { in.oid(); };
  for (const Case& c :
       {Case{"06 03 2a 86 48", {}}, Case{"06 00", Rule::Asn1BadOid},
        Case{"06 02 2a 86", Rule::Asn1BadOid}, Case{"06 02 80 01", Rule::Asn1BadOid},
        Case{"06 03 2a 80 01", Rule::Asn1BadOid}}) {
    EXPECT_EQ(failure_of(c.hex, oid), c.rule) << c.hex;
  }
  Bytes bomb{6, 64};
  bomb.resize(66, 0x81);
  bomb.back() = 1;
  EXPECT_FALSE(decode(bomb, [](Reader& in) { return in.oid(); }));
}

TEST(Oid, dotted_text_round_trips) {
  constexpr Oid kSigned = Oid::of("1.2.840.113549.1.7.2");
  EXPECT_EQ(to_hex(kSigned.der()), "2a864886f70d010702");
  EXPECT_EQ(kSigned.to_string(), "1.2.840.113549.1.7.2");
  EXPECT_EQ(Oid::of("2.16.840.1.101.3.4.2.1").to_string(), "2.16.840.1.101.3.4.2.1");
  EXPECT_EQ(Oid::of("2.999.3").to_string(), "2.999.3");
  EXPECT_EQ(Oid::of("0.9").to_string(), "0.9");
  auto huge = Oid::from_der(from_hex("2a 83 ff ff ff ff ff ff ff ff 7f"));
  ASSERT_TRUE(huge);
  EXPECT_EQ(huge->to_string().substr(0, 2), "0x");
}

TEST(Reader, T53_ATTR11_times_are_strict) {
  auto time_of = [](Tag tag, std::string_view text) -> std::string {
    Bytes der = encode([&](Writer& out) { out.primitive(tag, as_bytes(text)); });
    auto result = decode(der, [](Reader& in) { return in.time(); });
    return result ? to_iso8601(*result) : std::string(info(result.error().rule).slug);
  };
  EXPECT_EQ(time_of(Tag::UtcTime, "491231235959Z"), "2049-12-31T23:59:59Z");
  EXPECT_EQ(time_of(Tag::UtcTime, "500101000000Z"), "1950-01-01T00:00:00Z");
  EXPECT_EQ(time_of(Tag::GeneralizedTime, "99991231235959Z"), "9999-12-31T23:59:59Z");
  for (auto bad : {"4912312359Z", "491231235960Z", "490230000000Z", "491231240000Z", "491231235959",
                   "491231235959+0000", "4912312359590", "49123123595/Z", ""}) {
    EXPECT_EQ(time_of(Tag::UtcTime, bad), "asn1.bad-time") << bad;
  }
  EXPECT_EQ(time_of(Tag::GeneralizedTime, "20491231235959.5Z"), "asn1.bad-time");
}

TEST(Reader, T54_strings_become_utf8_or_fail) {
  auto text_of = [](Tag tag, std::string_view hex) { return string_to_utf8(tag, from_hex(hex)); };
  EXPECT_EQ(text_of(Tag::BmpString, "00 e4 20 ac"), "\u00e4\u20ac");
  EXPECT_EQ(text_of(Tag::BmpString, "00"), std::nullopt);
  EXPECT_EQ(text_of(Tag::BmpString, "d8 00"), std::nullopt);
  EXPECT_EQ(text_of(Tag::BmpString, "00 00"), std::nullopt);
  EXPECT_EQ(text_of(Tag::UniversalString, "00 01 f6 00"), "\U0001f600");
  EXPECT_EQ(text_of(Tag::UniversalString, "00 11 00 00"), std::nullopt);
  EXPECT_EQ(text_of(Tag::TeletexString, "e4"), "\u00e4");
  EXPECT_EQ(text_of(Tag::Ia5String, "e4"), std::nullopt);
  EXPECT_EQ(text_of(Tag::Utf8String, "61 00"), std::nullopt);
}

TEST(Reader, T42_depth_is_bounded) {
  Bytes der = from_hex("30 00");
  for (int i = 0; i < 40; ++i) {
    Bytes outer = encode([&](Writer& out) { out.primitive(Tag::Sequence, der); });
    der = outer;
  }
  auto descend = [](Reader& in) {
    std::vector<Reader> readers;
    readers.reserve(64);
    readers.push_back(in.sequence());
    while (readers.back().more()) readers.push_back(readers.back().sequence());
    return 0;
  };
  auto result = decode(der, descend);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, Rule::LimitDepth);
}

TEST(Writer, lengths_and_sets_are_der) {
  Bytes der = encode([](Writer& out) {
    Writer seq = out.sequence();
    seq.integer(128);
    seq.set_of({from_hex("02 01 05"), from_hex("02 01 03")});
    seq.octet_string(Bytes(200));
  });
  EXPECT_EQ(to_hex(ByteView(der).first(16)),
            "3081d7"
            "02020080"
            "3106020103020105"
            "04");
  EXPECT_TRUE(is_single_element(der));
}

TEST(Writer, ATTR10_times_change_form_at_2050_and_1950) {
  auto der_of = [](const char* iso) {
    return encode([&](Writer& out) { out.time(*parse_time(iso)); });
  };
  EXPECT_EQ(as_text(ByteView(der_of("2049-12-31T23:59:59Z")).subspan(2)), "491231235959Z");
  EXPECT_EQ(as_text(ByteView(der_of("2050-01-01")).subspan(2)), "20500101000000Z");
  EXPECT_EQ(as_text(ByteView(der_of("1949-12-31")).subspan(2)), "19491231000000Z");
}

TEST(Reader, T48_the_tag_of_end_of_contents_is_no_element) {
  EXPECT_EQ(failure_of("0000", [](Reader& in) { in.element(); }), Rule::Asn1UnexpectedTag);
  EXPECT_EQ(failure_of("30020000", [](Reader& in) { in.sequence().skip_rest(); }),
            Rule::Asn1UnexpectedTag);
}

}  // namespace
}  // namespace bulla::asn1
