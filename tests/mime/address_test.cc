#include "mime/address.h"

#include <gtest/gtest.h>

#include <string>

namespace bulla::mime {
namespace {

// What is expected: "name|addr-spec" for each mailbox, joined by "; ", or "?" if ambiguous.
struct Row {
  std::string_view value;
  std::string_view expected;
};

std::string show(const AddressList& list) {
  if (list.ambiguous) return list.mailboxes.empty() ? "?" : "? with mailboxes";
  std::string result;
  for (const Mailbox& mailbox : list.mailboxes) {
    if (!result.empty()) result += "; ";
    if (mailbox.in_group) result += "group:";
    result += mailbox.display_name + "|" + mailbox.addr_spec;
  }
  return result;
}

const Row kRows[] = {
    // plain forms
    {"a@b", "|a@b"},
    {"a@b.example", "|a@b.example"},
    {" a@b ", "|a@b"},
    {"<a@b>", "|a@b"},
    {"A <a@b>", "A|a@b"},
    {"A B <a@b>", "A B|a@b"},
    {"A  B<a@b>", "A B|a@b"},
    {"\"A B\" <a@b>", "A B|a@b"},
    {"\"A\" B \"C\" <a@b>", "A B C|a@b"},
    {"a@b, c@d", "|a@b; |c@d"},
    {"A <a@b>, \"C, D\" <c@d>", "A|a@b; C, D|c@d"},
    {"a.b@c.d.e", "|a.b@c.d.e"},
    {"a+tag@b", "|a+tag@b"},
    {"!#$%&'*+-/=?^_`{|}~@b", "|!#$%&'*+-/=?^_`{|}~@b"},
    {"Caf\u00e9 <a@b>", "Caf\u00e9|a@b"},
    {"caf\u00e9@b\u00fccher.example", "|caf\u00e9@b\u00fccher.example"},
    {"a@xn--bcher-kva.example", "|a@xn--bcher-kva.example"},
    {"a@B.Example", "|a@B.Example"},
    // folds
    {"A\r\n <a@b>", "A|a@b"},
    {"a@b,\r\n\tc@d", "|a@b; |c@d"},
    {"a@\n b", "|a@b"},
    {"a@b\r\n", "|a@b"},
    {"a@b\n", "|a@b"},
    {"a\r\n @\r\n b", "|a@b"},
    // comments
    {"a@b (comment)", "|a@b"},
    {"(comment) a@b", "|a@b"},
    {"a(x)@b", "|a@b"},
    {"a@(x)b", "|a@b"},
    {"a@b(x)", "|a@b"},
    {"a@b(x).c", "|a@b.c"},
    {"a(x).b@c", "|a.b@c"},
    {"A (x) B <a@b>", "A B|a@b"},
    {"A <(x)a@b(y)>", "A|a@b"},
    {"a@b (x (y) z)", "|a@b"},
    {"a@b (x \\) y)", "|a@b"},
    {"a@b (manager@corp)", "|a@b"},
    {"eve@evil (,manager@corp)", "|eve@evil"},
    {"(a@b)", ""},
    {"a(x)b@c", "?"},
    {"a@b(x)c", "?"},
    {"a@b (x", "?"},
    {"a@b x)", "?"},
    // quoted local parts (T-79)
    {"\"a b\"@x", "|\"a b\"@x"},
    {"\"ab\"@x", "|ab@x"},
    {"\"a\\b\"@x", "|ab@x"},
    {"\"a\\\"b\"@x", "|\"a\\\"b\"@x"},
    {"\"a@b\"@x", "|\"a@b\"@x"},
    {"\"a@b\" <c@d>", "a@b|c@d"},
    {"\"manager@corp\" <eve@evil>", "manager@corp|eve@evil"},
    {"\"a.\"@x", "|\"a.\"@x"},
    {"\"\"@x", "|\"\"@x"},
    {"\"a\".b@x", "|a.b@x"},
    {"a.\"b c\"@x", "|\"a.b c\"@x"},
    {"\"a\"b@x", "?"},
    {"\"a\" \"b\"@x", "?"},
    {"\"a@x", "?"},
    {"\"a\\", "?"},
    // domain literals
    {"a@[1.2.3.4]", "|a@[1.2.3.4]"},
    {"a@[IPv6:::1]", "|a@[IPv6:::1]"},
    {"a@[]", "?"},
    {"a@[1.2.3.4", "?"},
    {"a@[1 2]", "?"},
    {"a@[1]x", "?"},
    {"a@x[1]", "?"},
    // obsolete forms (RFC 5322 4.4)
    {"<@r:a@b>", "|a@b"},
    {"A <@r,@s:a@b>", "A|a@b"},
    {"<@r.x , @s : a@b>", "|a@b"},
    {"<,@r:a@b>", "|a@b"},
    {"<@r a@b>", "?"},
    {"<@r>", "?"},
    {"<@:a@b>", "?"},
    {"a . b @ c . d", "|a.b@c.d"},
    {"John Q. Public <a@b>", "John Q. Public|a@b"},
    {",a@b", "|a@b"},
    {"a@b,", "|a@b"},
    {"a@b,,c@d", "|a@b; |c@d"},
    {", ,", ""},
    {"", ""},
    {"   ", ""},
    // groups (RFC 6854)
    {"G: a@b;", "group:|a@b"},
    {"G: a@b, C <c@d>;", "group:|a@b; group:C|c@d"},
    {"G:;", ""},
    {"undisclosed-recipients: ;", ""},
    {"G: , a@b ,;", "group:|a@b"},
    {"G: a@b;, c@d", "group:|a@b; |c@d"},
    {"\"G H\": a@b; (x)", "group:|a@b"},
    {"G: a@b", "?"},
    {"G: H: a@b;;", "?"},
    {"G: a@b; c@d", "?"},
    {": a@b;", "?"},
    {"a@b;", "?"},
    {"a@b; c@d", "?"},
    // not an address, or two of them (T-81, T-83)
    {"manager@corp(,)<eve@evil>", "?"},
    {"manager@corp <eve@evil>", "?"},
    {"a@b@c", "?"},
    {"<a@b>x", "?"},
    {"<a@b> x", "?"},
    {"<a@b><c@d>", "?"},
    {"<a@b> <c@d>", "?"},
    {"a@b c@d", "?"},
    {"<<a@b>>", "?"},
    {"<a@b", "?"},
    {"a@b>", "?"},
    {"<>", "?"},
    {"A <>", "?"},
    {"A", "?"},
    {"A B", "?"},
    {"<A>", "?"},
    {"@b", "?"},
    {"a@", "?"},
    {"@", "?"},
    {"a@b.", "?"},
    {"a@.b", "?"},
    {"a@b..c", "?"},
    {".a@b", "?"},
    {"a.@b", "?"},
    {"a..b@c", "?"},
    {"a b@c", "?"},
    {"a@b c", "?"},
    {"a@b\\c", "?"},
    {"a\\b@c", "?"},
    {"a,b@c", "?"},
    {"A <a@b>, junk", "?"},
    {"A <a@b>, <eve@evil> junk", "?"},
    {"a@b, A [x] <c@d>", "?"},
    // encoded words (T-82)
    {"=?utf-8?q?Caf=C3=A9?= <a@b>", "Caf\u00e9|a@b"},
    {"=?utf-8?q?manager=40corp?= <eve@evil>", "manager@corp|eve@evil"},
    {"=?utf-8?q?manager=40corp=2C?= eve@evil", "?"},
    {"=?utf-8?q?a?=@b", "?"},
    {"a@=?utf-8?q?b?=", "?"},
    {"\"=?utf-8?q?a?=\"@b", "?"},
    {"<=?utf-8?q?a=40b=3E?=@c>", "?"},
    // octets and characters (T-77, T-79)
    {"a@b\r\nX: y", "?"},
    {"a@b\rc", "?"},
    {"a\x01@b", "?"},
    {"a@b\x7f", "?"},
    {"\"a\\\x01\" <a@b>", "?"},
    {"caf\xe9 <a@b>", "?"},
    {"a\xff@b", "?"},
    {"a\u200b@b", "?"},
    {"a@b\u2024com", "?"},
    {"a@\uff42", "?"},
    {"a@b\u3002com", "?"},
    {"\u202ea@b", "?"},
    {"a@b\ufe6b", "?"},
    {"\u202e A <a@b>", "\u202e A|a@b"},
};

TEST(Address, every_row_of_the_table_CERT_12_T_81_T_83) {
  static_assert(std::size(kRows) >= 100);
  for (const Row& row : kRows) {
    AddressList list = parse_address_list(row.value);
    EXPECT_EQ(show(list), row.expected) << row.value << "  (" << list.problem << ")";
  }
}

TEST(Address, nul_is_never_part_of_an_address_T_77) {
  using std::string_view_literals::operator""sv;
  for (auto value : {"ceo@bank.test\0.evil.test"sv, "a\0@b"sv, "\"a\\\0\"@b"sv, "A\0 <a@b>"sv}) {
    EXPECT_TRUE(parse_address_list(value).ambiguous);
  }
}

TEST(Address, parts_are_given_without_their_quotes) {
  AddressList list = parse_address_list("\"a \\\"b\"@[1.2.3.4]");
  ASSERT_EQ(list.mailboxes.size(), 1u);
  EXPECT_EQ(list.mailboxes[0].local_part, "a \"b");
  EXPECT_EQ(list.mailboxes[0].domain, "[1.2.3.4]");
  EXPECT_EQ(list.mailboxes[0].addr_spec, "\"a \\\"b\"@[1.2.3.4]");
}

TEST(Address, an_addr_spec_reads_as_itself) {
  for (const Row& row : kRows) {
    for (const Mailbox& mailbox : parse_address_list(row.value).mailboxes) {
      AddressList again = parse_mailbox(mailbox.addr_spec);
      ASSERT_FALSE(again.ambiguous) << mailbox.addr_spec;
      EXPECT_EQ(again.mailboxes[0].addr_spec, mailbox.addr_spec);
      EXPECT_EQ(again.mailboxes[0].local_part, mailbox.local_part);
    }
  }
}

TEST(Address, one_mailbox_is_one_mailbox) {
  EXPECT_FALSE(parse_mailbox("A <a@b>").ambiguous);
  EXPECT_TRUE(parse_mailbox("a@b, c@d").ambiguous);
  EXPECT_TRUE(parse_mailbox("").ambiguous);
  EXPECT_TRUE(parse_mailbox("G: a@b;").ambiguous);
}

TEST(Address, comments_nest_to_any_depth_without_recursion) {
  std::string deep(200'000, '(');
  EXPECT_TRUE(parse_address_list("a@b " + deep).ambiguous);
  EXPECT_EQ(show(parse_address_list("a@b " + deep + std::string(200'000, ')'))), "|a@b");
}

}  // namespace
}  // namespace bulla::mime
