// Paths through certificates and lists that are issued here, one for each thing that a CA can do.
#include <gtest/gtest.h>

#include "x509/issue.h"
#include "x509/path_finder.h"

namespace bulla::x509 {
namespace {

struct Setting {
  std::vector<Certificate> pool = {};
  std::vector<Bytes> lists = {};
  RevocationPolicy revocation = RevocationPolicy::Off;
  std::vector<std::string> roots = {"root"};
};

// The slugs of all findings but notes; "" for a verified path.
std::string judge(const Certificate& certificate, const Setting& setting = {}) {
  std::vector<Certificate> roots;
  for (const std::string& name : setting.roots) roots.push_back(load(name));
  auto trust = make_trust_store(roots);
  PathOptions options{.at = *parse_time("2026-06-01"), .revocation = setting.revocation};
  PathFinder finder({.trust = trust.get()});
  PathResult result = finder.find(certificate, {setting.pool, setting.lists, {}}, options);
  std::string slugs;
  for (const Finding& finding : result.findings) {
    if (finding.severity == Severity::Note) continue;
    slugs += (slugs.empty() ? "" : " ") + std::string(info(finding.rule).slug);
    slugs += finding.place.empty() ? "" : " " + finding.place;
  }
  EXPECT_EQ(result.verified.has_value(), worst(result.findings) < Severity::Indeterminate);
  return slugs;
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0] SEQUENCE OF GeneralSubtree, … }
// GeneralSubtree ::= SEQUENCE { base GeneralName, … }, rfc822Name [1] IMPLICIT IA5String
Certificate constrained_to(std::string_view base) {
  Bytes value = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    asn1::Writer permitted = seq.enter(asn1::constructed(0));
    permitted.sequence().primitive(asn1::primitive(1), as_bytes(base));
  });
  std::vector<Bytes> extensions = ca_extensions();
  extensions.push_back(extension(Oid::of("2.5.29.30"), value, true));
  return issue({.like = "constrained", .issuer = "root", .key = "root", .extensions = extensions});
}

TEST(IssuedPath, ConstraintsOfAddressesInEveryForm_CERT_18_CERT_19) {
  struct Row {
    const char* base;
    const char* like;  // whose addresses the certificate has
    bool permitted;
  };
  for (const Row& row : {
           // A mailbox, a host, and what is below a domain.
           Row{"inside@example.org", "constrained_inside", true},
           Row{"bob@example.org", "constrained_inside", false},
           Row{"example.org", "constrained_inside", true},
           Row{"org", "constrained_inside", false},
           Row{".org", "constrained_inside", true},
           Row{".example.org", "constrained_inside", false},
           // Of several addresses each counts.
           Row{"example.org", "alice", true},
           Row{"alice@example.org", "alice", false},
           // Without a subjectAltName it is the emailAddress of the subject.
           Row{"example.org", "subject_only", true},
           Row{"example.com", "subject_only", false},
           // An international mailbox outside of its host (inside: docs/known-gaps.md).
           Row{"example.org", "utf8_mailbox", false},
       }) {
    Certificate leaf = issue({.like = row.like, .issuer = "constrained", .key = "intermediate"});
    EXPECT_EQ(judge(leaf, {.pool = {constrained_to(row.base)}}),
              row.permitted ? "" : "path.name-constraints path 0")
        << row.base << " " << row.like;
  }
}

TEST(IssuedPath, AKeyIdentifierThatDiffersIsNoObstacle_CERT_31) {
  ASSERT_FALSE(
      equal(*load("ec").authority_key_identifier(), *load("root").subject_key_identifier()));
  EXPECT_EQ(judge(issue({.like = "ec", .issuer = "root", .key = "root"})), "");
}

TEST(IssuedPath, TakesAnEndEntityOfVersion1AndNoSuchCa_CERT_01_CERT_24) {
  Certificate leaf =
      issue({.like = "alice", .issuer = "intermediate", .key = "intermediate", .version = 1});
  EXPECT_EQ(leaf.version(), 1u);
  EXPECT_EQ(judge(leaf, {.pool = {load("intermediate")}}), "");
  Certificate ca = issue({.like = "intermediate", .issuer = "root", .key = "root", .version = 1});
  EXPECT_NE(judge(load("alice"), {.pool = {ca}}).find("path.not-ca path 1"), std::string::npos);
}

TEST(IssuedPath, UnrelatedCertificatesAreHarmlessInAnyOrder_CERT_50) {
  std::vector<Certificate> pool;
  for (const char* name : {"other", "ec", "self_signed", "expired", "alice", "cross_intermediate",
                           "constrained", "too_deep_ca", "intermediate", "root", "alice"}) {
    pool.push_back(load(name));
    bool has_issuer = std::string_view(name) == "intermediate" || pool.size() > 9;
    EXPECT_EQ(judge(load("alice"), {.pool = pool}).empty(), has_issuer) << name;
    EXPECT_EQ(judge(load("alice"), {.pool = {pool.rbegin(), pool.rend()}}).empty(), has_issuer);
  }
}

// Two CAs that certify each other, and nobody trusts either.
TEST(IssuedPath, EachCertificateIsOnThePathOnce_CERT_23_T_61) {
  Certificate one = issue({.like = "intermediate", .issuer = "other", .key = "other"});
  Certificate two = issue({.like = "other", .issuer = "intermediate", .key = "intermediate"});
  // Going round would end at the limit of the path, which is path.budget.
  EXPECT_EQ(judge(load("alice"), {.pool = {two, one}}), "path.no-root path 2");
}

TEST(IssuedPath, PurposesOfACaConstrainThoseBelow_CERT_40) {
  auto ca_for = [](const Oid& purpose) {
    Bytes value = asn1::encode([&](asn1::Writer& out) { out.sequence().oid(purpose); });
    std::vector<Bytes> extensions = ca_extensions();
    extensions.push_back(extension(kExtendedKeyUsage, value));
    return issue(
        {.like = "intermediate", .issuer = "root", .key = "root", .extensions = extensions});
  };
  EXPECT_EQ(judge(load("alice"), {.pool = {ca_for(kEmailProtection)}}), "");
  EXPECT_EQ(judge(load("alice"), {.pool = {ca_for(kAnyExtendedKeyUsage)}}), "");
  EXPECT_EQ(judge(load("alice"), {.pool = {ca_for(Oid::of("1.3.6.1.5.5.7.3.1"))}}),
            "cert.extended-key-usage path 1");
}

// SubjectPublicKeyInfo of an RSA key of so many bits, which nobody has.
Bytes rsa_key(std::size_t bits) {
  Bytes key = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    Bytes modulus(bits / 8, 0xc3);
    seq.unsigned_integer(modulus);
    seq.integer(65'537);
  });
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    {
      asn1::Writer algorithm = seq.sequence();
      algorithm.oid(Oid::of("1.2.840.113549.1.1.1"));
      algorithm.null();
    }
    seq.bit_string(key);
  });
}

TEST(IssuedPath, ShortKeysAreNamedAndShorterOnesRefused_ALG_72_ALG_73) {
  struct Row {
    std::size_t bits;
    const char* refuse;
    const char* warn;
  };
  for (const Row& row :
       {Row{2'048, "", ""}, Row{1'024, "warning", "warning"}, Row{1'016, "failure", "warning"},
        Row{512, "failure", "warning"}, Row{504, "failure", "failure"}}) {
    Certificate leaf = issue({.like = "alice",
                              .issuer = "intermediate",
                              .key = "intermediate",
                              .spki_der = rsa_key(row.bits)});
    for (auto weak : {PathOptions::Weak::Refuse, PathOptions::Weak::Warn}) {
      auto trust = make_trust_store({load("root")});
      PathFinder finder({.trust = trust.get()});
      PathOptions options{.at = *parse_time("2026-06-01"), .weak = weak};
      options.revocation = RevocationPolicy::Off;
      PathResult result = finder.find(leaf, {{load("intermediate")}, {}, {}}, options);
      std::string found;
      for (const Finding& finding : result.findings) {
        EXPECT_EQ(finding.rule, Rule::CertWeakKey) << row.bits;
        found = severity_name(finding.severity);
      }
      EXPECT_EQ(found, weak == PathOptions::Weak::Warn ? row.warn : row.refuse) << row.bits;
      EXPECT_EQ(result.verified.has_value(), found != "failure");
    }
  }
}

// A Diffie-Hellman key in a group of so many bits; 0: without a group.
Bytes dh_key(std::size_t bits) {
  Bytes number = asn1::encode([&](asn1::Writer& out) { out.integer(5); });
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    {
      asn1::Writer algorithm = seq.sequence();
      algorithm.oid(Oid::of("1.2.840.10046.2.1"));
      if (bits > 0) {
        asn1::Writer group = algorithm.sequence();
        group.unsigned_integer(Bytes(bits / 8, 0xc3));
        group.integer(2);
        group.unsigned_integer(Bytes(20, 0xc3));
      }
    }
    seq.bit_string(number);
  });
}

// As keys of RSA, and no larger than what is agreed with (crypto/dh.h).
TEST(IssuedPath, ShortAndLargeKeysOfDiffieHellmanAreToldLikeOthers) {
  for (auto [bits, expected] :
       {std::pair{4'104, "crypto.bad-key path 0"}, std::pair{4'096, ""}, std::pair{2'048, ""},
        std::pair{1'536, "cert.weak-key path 0"}, std::pair{1'016, "cert.weak-key path 0"},
        std::pair{0, "crypto.bad-key path 0"}}) {
    Certificate leaf = issue({.like = "alice",
                              .issuer = "intermediate",
                              .key = "intermediate",
                              .spki_der = dh_key(static_cast<std::size_t>(bits))});
    auto trust = make_trust_store({load("root")});
    PathFinder finder({.trust = trust.get()});
    PathOptions options{.at = *parse_time("2026-06-01"), .purpose = Purpose::Any};
    options.revocation = RevocationPolicy::Off;
    PathResult result = finder.find(leaf, {{load("intermediate")}, {}, {}}, options);
    std::string found;
    for (const Finding& finding : result.findings) {
      if (finding.severity == Severity::Note) continue;
      found += std::string(info(finding.rule).slug) + " " + finding.place;
    }
    EXPECT_EQ(found, expected) << bits;
  }
}

Setting with_lists(std::vector<Bytes> lists) {
  return {.pool = {load("intermediate")},
          .lists = std::move(lists),
          .revocation = RevocationPolicy::Hard};
}

TEST(IssuedPath, ListsOfBothVersions_CERT_01_CERT_04) {
  Bytes root = issue_list({.issuer = "root", .key = "root"});
  for (unsigned version : {1, 2}) {
    List list{.issuer = "intermediate", .key = "intermediate", .version = version};
    EXPECT_EQ(judge(load("alice"), with_lists({root, issue_list(list)})), "");
    list.revoked = {"alice"};
    EXPECT_EQ(judge(load("alice"), with_lists({root, issue_list(list)})),
              "revocation.revoked path 0");
  }
}

TEST(IssuedPath, TheNewerOfTwoListsCounts) {
  Bytes root = issue_list({.issuer = "root", .key = "root"});
  Bytes older = issue_list({.issuer = "intermediate", .key = "intermediate"});
  Bytes newer = issue_list({.issuer = "intermediate",
                            .key = "intermediate",
                            .revoked = {"alice"},
                            .this_update = "2026-03-01"});
  for (const auto& lists : {std::vector{root, older, newer}, std::vector{newer, older, root}}) {
    EXPECT_EQ(judge(load("alice"), with_lists(lists)), "revocation.revoked path 0");
  }
}

TEST(IssuedPath, AListNeedsAnIssuerThatMaySignLists_CERT_26) {
  auto with_usage = [](std::uint8_t bits) {
    Setting setting = with_lists({issue_list({.issuer = "root", .key = "root"}),
                                  issue_list({.issuer = "intermediate", .key = "intermediate"})});
    setting.pool = {issue({.like = "intermediate",
                           .issuer = "root",
                           .key = "root",
                           .extensions = ca_extensions(bits)})};
    return judge(load("alice"), setting);
  };
  EXPECT_EQ(with_usage(0x06), "");
  EXPECT_EQ(with_usage(0x04), "revocation.bad-list path 0 revocation.unknown path 0");
  EXPECT_NE(with_usage(0x02).find("path.key-usage path 1"), std::string::npos);
}

// Another CA of the same name under another trusted root has revoked alice, or says that
// nobody is revoked: neither counts.
TEST(IssuedPath, AListFromUnderAnotherRootIsNotUsed_CERT_53) {
  Certificate namesake = issue({.like = "cross_intermediate",
                                .issuer = "other",
                                .key = "other",
                                .spki = "other",
                                .extensions = ca_extensions()});
  for (const std::vector<std::string>& revoked : {std::vector<std::string>{"alice"}, {}}) {
    Setting setting =
        with_lists({issue_list({.issuer = "root", .key = "root"}),
                    issue_list({.issuer = "intermediate", .key = "other", .revoked = revoked})});
    setting.roots = {"root", "other"};
    setting.pool.push_back(namesake);
    std::string slugs = judge(load("alice"), setting);
    EXPECT_NE(slugs.find("revocation.unknown path 0"), std::string::npos) << slugs;
    EXPECT_EQ(slugs.find("revocation.revoked"), std::string::npos) << slugs;
  }
}

}  // namespace
}  // namespace bulla::x509
