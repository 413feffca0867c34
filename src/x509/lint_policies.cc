// Policies: RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14, RFC 6818 3; qualified certificates.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "x509/lint_notice.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

template <typename See>
void for_each_text(const View& view, See see) {
  for_each_qualifier(view, [&](const Policy&, const Qualifier& qualifier) {
    auto notice = read_notice(qualifier);
    if (notice && notice->text_tag) see(*notice);
  });
}

void repeated(const View& view, Found& found) {
  if (!view.policies) return;
  std::set<Oid> seen;
  for (const Policy& policy : *view.policies) {
    found.add_if(!seen.insert(policy.id).second, "certificatePolicies", policy.id.to_string());
  }
}

void qualifier(const View& view, Found& found) {
  if (!view.policies) return;
  for (const Policy& policy : *view.policies) {
    found.add_if(!policy.qualifiers.empty(), "certificatePolicies", policy.id.to_string());
  }
}

bool is_known(const Qualifier& qualifier) {
  return qualifier.id == kCpsQualifier || qualifier.id == kNoticeQualifier;
}

void any_policy_qualifier(const View& view, Found& found) {
  for_each_qualifier(view, [&](const Policy& policy, const Qualifier& each) {
    found.add_if(policy.id == kAnyPolicy && !is_known(each), "certificatePolicies",
                 each.id.to_string());
  });
}

void malformed_qualifier(const View& view, Found& found) {
  for_each_qualifier(view, [&](const Policy&, const Qualifier& each) {
    bool is_bad = each.id == kNoticeQualifier ? !read_notice(each)
                                              : each.id == kCpsQualifier && !read_cps(each);
    found.add_if(is_bad, "certificatePolicies", each.id.to_string());
  });
}

void text_ia5(const View& view, Found& found) {
  for_each_text(view, [&](const Notice& notice) {
    found.add_if(notice.text_tag == asn1::Tag::Ia5String, "certificatePolicies explicitText");
  });
}

void text_old(const View& view, Found& found) {
  for_each_text(view, [&](const Notice& notice) {
    bool is_old =
        notice.text_tag == asn1::Tag::VisibleString || notice.text_tag == asn1::Tag::BmpString;
    found.add_if(is_old, "certificatePolicies explicitText");
  });
}

void text_length(const View& view, Found& found) {
  for_each_text(view, [&](const Notice& notice) {
    auto text = asn1::string_to_utf8(*notice.text_tag, notice.text);
    std::size_t count = text ? count_characters(*text) : 0;
    found.add_if(count > 200, "certificatePolicies explicitText",
                 std::to_string(count) + " characters");
  });
}

// U+0000 to U+001F, U+007F to U+009F
void text_control(const View& view, Found& found) {
  for_each_text(view, [&](const Notice& notice) {
    auto text = asn1::string_to_utf8(*notice.text_tag, notice.text).value_or("");
    bool has_control = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto octet = static_cast<unsigned char>(text[i]);
      auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
      has_control = has_control || octet < 0x20 || octet == 0x7f || (octet == 0xc2 && next < 0xa0);
    }
    found.add_if(has_control, "certificatePolicies explicitText");
  });
}

void notice_reference(const View& view, Found& found) {
  for_each_qualifier(view, [&](const Policy& policy, const Qualifier& each) {
    auto notice = read_notice(each);
    found.add_if(notice && notice->has_reference, "certificatePolicies", policy.id.to_string());
  });
}

void mappings_without_ca(const View& view, Found& found) {
  bool is_malformed = view.has(kBasicConstraints) && !view.basic_constraints;
  found.add_if(view.has(kPolicyMappings) && !view.is_ca() && !is_malformed, "policyMappings");
}

void mapping_any(const View& view, Found& found) {
  if (!view.mappings) return;
  for (const Mapping& each : *view.mappings) {
    found.add_if(each.issuer_policy == kAnyPolicy || each.subject_policy == kAnyPolicy,
                 "policyMappings");
  }
}

// PolicyConstraints ::= SEQUENCE {
//     requireExplicitPolicy  [0] IMPLICIT INTEGER OPTIONAL,
//     inhibitPolicyMapping   [1] IMPLICIT INTEGER OPTIONAL }
void constraints_empty(const View& view, Found& found) {
  const Extension* extension = view.find(kPolicyConstraints);
  if (extension == nullptr) return;
  auto is_filled = asn1::decode(extension->value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    bool has_more = seq.more();
    seq.skip_rest();
    return has_more;
  });
  found.add_if(!is_filled || !*is_filled, "policyConstraints");
}

// QCStatement ::= SEQUENCE {
//     statementId    OBJECT IDENTIFIER,
//     statementInfo  ANY DEFINED BY statementId OPTIONAL } (RFC 3739 3.2.6)
struct Statement {
  Oid id;
  ByteView information;
};

std::vector<Statement> read_statements(asn1::Reader& in) {
  std::vector<Statement> statements;
  asn1::Reader seq = in.sequence();
  while (seq.more()) {
    asn1::Reader each = seq.sequence();
    Statement& statement = statements.emplace_back();
    statement.id = each.oid();
    if (each.more()) statement.information = each.element();
  }
  return statements;
}

// Alphabetic country or language code.
bool read_two_letters(asn1::Reader& in) {
  ByteView code = in.contents(asn1::Tag::PrintableString);
  if (code.size() != 2) in.fail(Rule::Asn1BadString, "a code of two letters");
  return true;
}

// PdsLocations ::= SEQUENCE SIZE (1..MAX) OF PdsLocation
// PdsLocation ::= SEQUENCE { url IA5String, language PrintableString (SIZE (2)) }
bool read_locations(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader location = seq.sequence();
    location.contents(asn1::Tag::Ia5String);
    read_two_letters(location);
  } while (seq.more());
  return true;
}

// QcCClegislation ::= SEQUENCE OF CountryName
bool read_countries(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  while (seq.more()) read_two_letters(seq);
  return true;
}

// QcType ::= SEQUENCE OF OBJECT IDENTIFIER
bool read_types(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  while (seq.more()) seq.oid();
  return true;
}

// MonetaryValue ::= SEQUENCE { currency Iso4217CurrencyCode, amount INTEGER, exponent INTEGER }
// Iso4217CurrencyCode ::= CHOICE { alphabetic PrintableString (SIZE (3)), numeric INTEGER (1..999)
// }
bool read_limit(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.next_is(asn1::Tag::PrintableString)) {
    ByteView code = seq.contents(asn1::Tag::PrintableString);
    if (code.size() != 3) seq.fail(Rule::Asn1BadString, "a currency of three letters");
  } else {
    seq.small_integer();
  }
  seq.integer();
  seq.integer();
  return true;
}

bool read_years(asn1::Reader& in) {
  in.small_integer();
  return true;
}

struct StatementRow {
  Oid id;
  bool (*read)(asn1::Reader&);  // null: there is no statementInfo
};

// ETSI EN 319 412-5 4
constexpr std::array kStatements = {
    StatementRow{Oid::of("0.4.0.1862.1.1"), nullptr},          // QcCompliance
    StatementRow{Oid::of("0.4.0.1862.1.2"), &read_limit},      // QcLimitValue
    StatementRow{Oid::of("0.4.0.1862.1.3"), &read_years},      // QcRetentionPeriod
    StatementRow{Oid::of("0.4.0.1862.1.4"), nullptr},          // QcSSCD
    StatementRow{Oid::of("0.4.0.1862.1.5"), &read_locations},  // QcPDS
    StatementRow{Oid::of("0.4.0.1862.1.6"), &read_types},      // QcType
    StatementRow{Oid::of("0.4.0.1862.1.7"), &read_countries},  // QcCClegislation
};

void statements(const View& view, Found& found) {
  const Extension* extension = view.find(kQcStatements);
  if (extension == nullptr) return;
  auto all = asn1::decode(extension->value, &read_statements);
  if (!all) return found.add("qcStatements", describe(all.error()));
  for (const Statement& each : *all) {
    for (const StatementRow& row : kStatements) {
      if (row.id != each.id) continue;
      bool is_good = row.read == nullptr ? each.information.empty()
                                         : asn1::decode(each.information, row.read).has_value();
      found.add_if(!is_good, "qcStatements", each.id.to_string());
    }
  }
}

constexpr std::array kRows = {
    Row{{"x509.policy-repeated", kError, "RFC 5280 4.2.1.4", "a policy stands twice"}, repeated},
    Row{{"x509.policy-qualifier", kNote, "RFC 5280 4.2.1.4",
         "a policy has qualifiers; it is recommended to have none"},
        qualifier},
    Row{{"x509.any-policy-qualifier", kError, "RFC 5280 4.2.1.4",
         "anyPolicy has a qualifier that is neither a CPS pointer nor a user notice"},
        any_policy_qualifier},
    Row{{"der.policy-qualifier", kError, "RFC 5280 4.2.1.4", "a qualifier does not fit its ASN.1"},
        malformed_qualifier},
    Row{{"x509.explicit-text-ia5", kError, "RFC 6818 3", "the text is an IA5String"}, text_ia5},
    Row{{"x509.explicit-text-old", kWarning, "RFC 5280 4.2.1.4, RFC 6818 3",
         "the text is no UTF8String"},
        text_old},
    Row{{"x509.explicit-text-length", kError, "RFC 5280 4.2.1.4",
         "the text has more than 200 characters"},
        text_length},
    Row{{"x509.explicit-text-control", kWarning, "RFC 5280 4.2.1.4",
         "the text has control characters"},
        text_control},
    Row{{"x509.notice-reference", kWarning, "RFC 5280 4.2.1.4",
         "a user notice refers to a notice elsewhere"},
        notice_reference},
    Row{{"x509.mappings-without-ca", kError, "RFC 5280 4.2.1.5",
         "policies are mapped by one who is no CA"},
        mappings_without_ca},
    Row{{"x509.mapping-any", kError, "RFC 5280 4.2.1.5", "anyPolicy is mapped"}, mapping_any},
    Row{{"x509.mappings-not-critical", kWarning, "RFC 5280 4.2.1.5",
         "the extension is not critical"},
        is_not_critical,
        kPolicyMappings},
    Row{{"x509.policy-constraints-not-critical", kError, "RFC 5280 4.2.1.11",
         "the extension is not critical"},
        is_not_critical,
        kPolicyConstraints},
    Row{{"x509.policy-constraints-empty", kError, "RFC 5280 4.2.1.11",
         "the extension constrains nothing"},
        constraints_empty},
    Row{{"x509.inhibit-any-not-critical", kError, "RFC 5280 4.2.1.14",
         "the extension is not critical"},
        is_not_critical,
        kInhibitAnyPolicy},
    Row{{"der.qc-statement", kError, "RFC 3739 3.2.6, ETSI EN 319 412-5 4",
         "a statement does not fit its ASN.1"},
        statements},
};

}  // namespace

std::span<const Row> policy_rows() { return kRows; }

// UserNotice ::= SEQUENCE {
//     noticeRef     NoticeReference OPTIONAL,
//     explicitText  DisplayText OPTIONAL }
//
// DisplayText ::= CHOICE { ia5String, visibleString, bmpString, utf8String }
std::optional<Notice> read_notice(const Qualifier& qualifier) {
  if (qualifier.id != kNoticeQualifier) return std::nullopt;
  auto notice = asn1::decode(qualifier.element, [](asn1::Reader& in) {
    Notice result;
    asn1::Reader seq = in.sequence();
    result.has_reference = seq.optional_element(asn1::Tag::Sequence).has_value();
    if (!seq.more()) return result;
    result.text_tag = seq.peek();
    result.text = seq.contents(*result.text_tag);
    bool is_text =
        *result.text_tag == asn1::Tag::Utf8String || *result.text_tag == asn1::Tag::Ia5String ||
        *result.text_tag == asn1::Tag::VisibleString || *result.text_tag == asn1::Tag::BmpString;
    if (!is_text) seq.fail(Rule::Asn1UnexpectedTag, "a DisplayText");
    return result;
  });
  if (!notice) return std::nullopt;
  return *notice;
}

// CPSuri ::= IA5String
std::optional<std::string> read_cps(const Qualifier& qualifier) {
  if (qualifier.id != kCpsQualifier) return std::nullopt;
  auto uri = asn1::decode(qualifier.element,
                          [](asn1::Reader& in) { return in.contents(asn1::Tag::Ia5String); });
  if (!uri) return std::nullopt;
  return std::string(as_text(*uri));
}

}  // namespace bulla::x509::lint
