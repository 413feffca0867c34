#include "x509/name.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"

namespace bulla::x509 {
namespace {

struct Part {
  std::string_view oid;
  asn1::Tag tag;
  std::string_view value;
};

Oid type_of(std::string_view name) {
  return name == "CN"  ? Oid::of("2.5.4.3")
         : name == "O" ? Oid::of("2.5.4.10")
                       : Oid::of("1.3.6.1.4.1.55555.7");
}

void write_rdn(asn1::Writer& name, const std::vector<Part>& parts) {
  std::vector<Bytes> attributes;
  for (const Part& part : parts) {
    attributes.push_back(asn1::encode([&](asn1::Writer& out) {
      asn1::Writer seq = out.sequence();
      seq.oid(type_of(part.oid));
      seq.primitive(part.tag, as_bytes(part.value));
    }));
  }
  name.set_of(std::move(attributes));
}

Bytes make_name(const std::vector<std::vector<Part>>& rdns) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer name = out.sequence();
    for (const auto& rdn : rdns) write_rdn(name, rdn);
  });
}

Bytes common_name(asn1::Tag tag, std::string_view value) {
  return make_name({{{"CN", tag, value}}});
}

std::string text_of(const Bytes& der) {
  return name_to_text(*asn1::decode(ByteView(der), &read_name));
}

constexpr auto kUtf8 = asn1::Tag::Utf8String;
constexpr auto kPrintable = asn1::Tag::PrintableString;

TEST(Name, ComparesWithoutCaseAndSpaces_CERT_30) {
  Bytes name = common_name(kPrintable, "Alice Lovelace");
  EXPECT_TRUE(equal_names(name, common_name(kPrintable, "ALICE  lovelace ")));
  EXPECT_TRUE(equal_names(name, common_name(kUtf8, "alice lovelace")));
  EXPECT_TRUE(equal_names(
      name, common_name(asn1::Tag::BmpString,
                        std::string_view("\0A\0l\0i\0c\0e\0 \0L\0o\0v\0e\0l\0a\0c\0e", 28))));
  EXPECT_FALSE(equal_names(name, common_name(kUtf8, "AliceLovelace")));
  EXPECT_FALSE(equal_names(name, common_name(kUtf8, "Alice Lovelac")));
}

TEST(Name, ComparesStructure) {
  Part a{"CN", kUtf8, "a"};
  Part b{"O", kUtf8, "b"};
  EXPECT_FALSE(equal_names(make_name({{a}, {b}}), make_name({{b}, {a}})));
  EXPECT_FALSE(equal_names(make_name({{a, b}}), make_name({{a}, {b}})));
  EXPECT_TRUE(equal_names(make_name({{a, b}}), make_name({{b, a}})));
  EXPECT_FALSE(equal_names(make_name({{a}}), make_name({{{"O", kUtf8, "a"}}})));
  EXPECT_TRUE(equal_names(make_name({}), make_name({})));
}

TEST(Name, KeepsPartsApart) {
  EXPECT_FALSE(equal_names(make_name({{{"CN", kUtf8, "ab"}}, {{"CN", kUtf8, "c"}}}),
                           make_name({{{"CN", kUtf8, "a"}}, {{"CN", kUtf8, "bc"}}})));
}

TEST(Name, ComparesMalformedNamesByTheirOctets) {
  Bytes broken{0x30, 0x02, 0x31, 0x00};
  EXPECT_TRUE(equal_names(broken, broken));
  EXPECT_FALSE(equal_names(broken, make_name({})));
}

TEST(Name, IsWrittenAsRfc4514) {
  EXPECT_EQ(text_of(make_name({{{"O", kUtf8, "Widgets, Inc."}}, {{"CN", kUtf8, "#1 \"x\" "}}})),
            "CN=\\#1 \\\"x\\\"\\ ,O=Widgets\\, Inc.");
  EXPECT_EQ(text_of(make_name({{{"CN", kUtf8, "a"}, {"O", kUtf8, "b"}}})), "CN=a+O=b");
  EXPECT_EQ(text_of(make_name({{{"other", kUtf8, "Hi"}}})), "1.3.6.1.4.1.55555.7=#0c024869");
  EXPECT_EQ(text_of(make_name({})), "");
}

}  // namespace
}  // namespace bulla::x509
