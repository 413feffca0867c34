#include "bulla/certificate_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "asn1/reader.h"
#include "crypto/digest.h"
#include "x509/certificate_draft.h"

namespace bulla::x509::lint {
namespace {

using Type = BaselineProfile::Type;
using Generation = BaselineProfile::Generation;

CertificateReport check(const Draft& draft, const CertificateCheckOptions& options = {}) {
  auto report = check_certificate(draft.encode(), options);
  EXPECT_TRUE(report) << describe(report.error());
  return report.value_or(CertificateReport());
}

std::set<std::string> ids(const CertificateReport& report,
                          CheckSeverity from = CheckSeverity::Note) {
  std::set<std::string> all;
  for (const CertificateFinding& each : report.findings) {
    if (each.check->severity >= from) all.emplace(each.check->id);
  }
  return all;
}

// A change after which the certificate has the fault of this name.
struct Case {
  std::string id;
  std::function<void(Draft&)> spoil;
  std::optional<BaselineProfile> profile = {};
};

Case critical(const std::string& id, const Oid& extension, const Bytes& value) {
  return {id, [=](Draft& d) { d.set(extension, value, true); }};
}

Case critical(const std::string& id, const Oid& extension) {
  return {id, [=](Draft& d) { d.set_critical(extension, true); }};
}

Case without(const std::string& id, const Oid& extension) {
  return {id, [=](Draft& d) { d.remove(extension); }};
}

Case with(const std::string& id, const Oid& extension, const Bytes& value,
          bool is_critical = false) {
  return {id, [=](Draft& d) { d.set(extension, value, is_critical); }};
}

Case named(const std::string& id, const Bytes& subject) {
  return {id, [=](Draft& d) { d.subject = subject; }};
}

Case keyed(const std::string& id, const Bytes& key) {
  return {id, [=](Draft& d) { d.key = key; }};
}

Case alternative(const std::string& id, const Bytes& general_name) {
  return with(id, kSubjectAltName, seq({mail(kAddress), general_name}));
}

Case constrained(const std::string& id, const Parts& subtree) {
  return {id, [=](Draft& d) {
            d.become_ca();
            d.set(kNameConstraints, seq({tlv(0xa0, Parts{seq(subtree)})}), true);
          }};
}

Case noticed(const std::string& id, const Bytes& qualifier) {
  return with(id, kCertificatePolicies, policies({policy(kIndividualStrict, {qualifier})}));
}

Bytes rsa_key(const Bytes& modulus, const Bytes& exponent) {
  return spki(algorithm(kRsaEncryption, null()),
              seq({tlv(0x02, ByteView(modulus)), tlv(0x02, ByteView(exponent))}));
}

// A modulus of so many bits that ends in this octet.
Bytes modulus(std::size_t octets, std::uint8_t first, std::uint8_t last) {
  Bytes number(octets, 0x55);
  number.front() = first;
  number.back() = last;
  if (first >= 0x80) number.insert(number.begin(), 0);
  return number;
}

std::vector<Case> encoding_cases() {
  return {
      with("der.malformed", kExtendedKeyUsage, seq({})),
      {"der.malformed", [](Draft& d) { d.extensions.clear(); }},
      with("der.malformed", kLeiRole, printable_string(std::string(65, 'a'))),
      with("der.malformed", kSmimeCapabilities, seq({seq({})})),
      with("der.malformed", kSubjectDirectoryAttributes, seq({})),
      {"der.default", [](Draft& d) { d.set(kBasicConstraints, seq({no()})); }},
      with("der.named-bits", kKeyUsage, bits({0, 0xa0}), true),
      named(
          "der.set-order",
          seq({rdn({attribute(kSurname, utf8("Sanders")), attribute(kGivenName, utf8("Anna"))})})),
      named("der.name-characters", name({{kSurname, printable_string("San_ders")}})),
      alternative("der.general-name-characters", mail("\xc3\xa4@mail.net")),
      noticed("der.policy-qualifier", seq({oid(kCpsQualifier), utf8("http://mail.net/")})),
      with("der.qc-statement", kQcStatements,
           seq({seq({oid(Oid::of("0.4.0.1862.1.5")),
                     seq({seq({ia5("https://mail.net/pds"), printable_string("deu")})})})})),
  };
}

std::vector<Case> field_cases() {
  return {
      {"x509.version", [](Draft& d) { d.version = {tlv(0xa0, Parts{number(1)})}; }},
      {"x509.serial-number", [](Draft& d) { d.serial = number(0); }},
      {"x509.serial-number", [](Draft& d) { d.serial = number(0x80); }},
      {"x509.serial-number", [](Draft& d) { d.serial = tlv(0x02, ByteView(Bytes(21, 1))); }},
      {"x509.algorithms-differ", [](Draft& d) { d.outer = algorithm(kEcdsaSha256); }},
      {"x509.signature-parameters",
       [](Draft& d) { d.outer = d.inner = algorithm(kEcdsaSha256, null()); }},
      {"x509.signature-parameters",
       [](Draft& d) { d.outer = d.inner = algorithm(Oid::of("1.2.840.113549.1.1.11")); }},
      {"x509.issuer-empty", [](Draft& d) { d.issuer = seq({}); }},
      {"x509.validity-negative",
       [](Draft& d) { d.not_after = tlv(0x17, std::string_view("251231235959Z")); }},
      {"x509.time-syntax",
       [](Draft& d) { d.not_after = tlv(0x17, std::string_view("2612312359Z")); }},
      {"x509.time-type",
       [](Draft& d) { d.not_after = tlv(0x18, std::string_view("20261231235959Z")); }},
      {"x509.issuer-unique-id",
       [](Draft& d) {
         d.unique_ids = {tlv(0x81, Bytes{0, 1})};
       }},
      {"x509.subject-unique-id",
       [](Draft& d) {
         d.unique_ids = {tlv(0x82, Bytes{0, 1})};
       }},
  };
}

std::vector<Case> name_cases() {
  return {
      named("x509.name-string-type", name({{kCountryName, utf8("DE")}})),
      named("x509.name-old-string", name({{kSurname, tlv(0x14, std::string_view("Sanders"))}})),
      named("x509.name-length", name({{kCommonName, utf8(std::string(65, 'a'))}})),
      named("x509.name-length", name({{kCountryName, printable_string("DEU")}})),
      named("x509.name-value-empty", name({{kSurname, utf8("")}})),
      named("x509.name-repeated",
            seq({rdn({attribute(kSurname, utf8("A")), attribute(kSurname, utf8("B"))})})),
      named("x509.name-several",
            seq({rdn({attribute(kSurname, utf8("A")), attribute(kGivenName, utf8("B"))})})),
      named("x509.domain-components",
            name({{kDomainComponent, ia5("net")}, {kDomainComponent, ia5("-mail")}})),
      named("x509.email-attribute", name({{kEmailAddress, ia5("anna")}})),
      named("x509.address-not-alternative", name({{kEmailAddress, ia5("bob@mail.net")}})),
      {"x509.subject-empty",
       [](Draft& d) {
         d.subject = seq({});
         d.remove(kSubjectAltName);
       }},
      {"x509.subject-empty",
       [](Draft& d) {
         d.subject = seq({});
         d.become_ca();
       }},
  };
}

std::vector<Case> general_name_cases() {
  std::string long_domain = std::string(64, 'a') + ".net";
  return {
      alternative("x509.other-name", other(kSmtpUtf8Mailbox, ia5("anna@mail.net"))),
      alternative("x509.rfc822-name", mail("anna.mail.net")),
      alternative("x509.rfc822-name", mail("anna..s@mail.net")),
      alternative("x509.rfc822-name", mail("Anna <anna@mail.net>")),
      constrained("x509.rfc822-constraint", {mail("..mail.net")}),
      alternative("x509.dns-name", dns("mail_1.net")),
      alternative("x509.domain-length", dns(long_domain)),
      alternative("x509.domain-length", mail("anna@" + long_domain)),
      alternative("x509.domain-length", utf8_mailbox("\xc3\xa4@" + long_domain)),
      alternative("x509.domain-length", uri("http://" + long_domain + "/")),
      alternative("x509.uri", uri("crl.mail.net/ca.crl")),
      alternative("x509.uri", uri("http:///ca.crl")),
      alternative("x509.uri", uri("http://crl.mail.net/a b")),
      alternative("x509.ip-address", ip(Bytes(5, 1))),
      constrained("x509.ip-constraint", {ip({10, 0, 0, 0, 255, 0, 255, 0})}),
      alternative("x509.utf8-mailbox", utf8_mailbox("\xc3\xa4")),
      alternative("x509.utf8-mailbox-bom", utf8_mailbox("\xef\xbb\xbf\xc3\xa4@mail.net")),
      alternative("x509.utf8-mailbox-ascii", utf8_mailbox("anna@mail.net")),
      alternative("x509.utf8-mailbox-domain", utf8_mailbox("\xc3\xa4@m\xc3\xa4il.net")),
      alternative("x509.utf8-mailbox-domain", utf8_mailbox("\xc3\xa4@Mail.net")),
      alternative("x509.user-principal-name", other(kUserPrincipalName, utf8("anna"))),
  };
}

std::vector<Case> identifier_cases() {
  return {
      {"x509.extension-repeated", [](Draft& d) { d.extensions.push_back(d.extensions.back()); }},
      critical("x509.extension-unknown", Oid::of("1.2.3.4.5"), null()),
      without("x509.aki-absent", kAuthorityKeyIdentifier),
      with("x509.aki-no-identifier", kAuthorityKeyIdentifier, seq({})),
      with("x509.aki-half", kAuthorityKeyIdentifier,
           seq({tlv(0x80, Bytes(20, 7)), tlv(0x82, Bytes{1})})),
      critical("x509.aki-critical", kAuthorityKeyIdentifier),
      {"x509.ski-absent-ca",
       [](Draft& d) {
         d.become_ca();
         d.remove(kSubjectKeyIdentifier);
       }},
      without("x509.ski-absent", kSubjectKeyIdentifier),
      critical("x509.ski-critical", kSubjectKeyIdentifier),
      with("x509.ski-method", kSubjectKeyIdentifier, tlv(0x04, Bytes(20, 9))),
  };
}

std::vector<Case> extension_cases() {
  Bytes general_names = seq({mail(kAddress)});
  return {
      {"x509.key-usage-absent-ca",
       [](Draft& d) {
         d.become_ca();
         d.remove(kKeyUsage);
       }},
      {"x509.key-usage-not-critical", [](Draft& d) { d.set_critical(kKeyUsage, false); }},
      with("x509.key-usage-empty", kKeyUsage, bits({0}), true),
      with("x509.cert-sign-without-ca", kKeyUsage, bits({2, 0x84}), true),
      {"x509.ca-without-cert-sign",
       [](Draft& d) {
         d.become_ca();
         d.set(kKeyUsage, bits({1, 0x02}), true);
       }},
      {"x509.ca-not-critical",
       [](Draft& d) {
         d.become_ca();
         d.set_critical(kBasicConstraints, false);
       }},
      with("x509.path-length", kBasicConstraints, seq({number(1)})),
      named("x509.san-not-critical", seq({})),
      critical("x509.san-critical", kSubjectAltName),
      critical("x509.ian-critical", kIssuerAltName, general_names),
      critical("x509.directory-attributes-critical", kSubjectDirectoryAttributes, seq({})),
      critical("x509.any-purpose-critical", kExtendedKeyUsage, purposes({kAnyExtendedKeyUsage})),
      {"x509.constraints-not-critical",
       [](Draft& d) {
         d.become_ca();
         d.set(kNameConstraints, seq({tlv(0xa0, Parts{seq({mail("mail.net")})})}));
       }},
      critical("x509.constraints-without-ca", kNameConstraints,
               seq({tlv(0xa0, Parts{seq({mail("mail.net")})})})),
      critical("x509.constraints-empty", kNameConstraints, seq({})),
      constrained("x509.constraints-distance", {mail("mail.net"), tlv(0x80, Bytes{1})}),
      constrained("x509.constraints-distance", {mail("mail.net"), tlv(0x81, Bytes{1})}),
      critical("x509.crldp-critical", kCrlDistributionPoints),
      with("x509.crldp-no-name", kCrlDistributionPoints, seq({seq({tlv(0x81, Bytes{7, 0x80})})})),
      critical("x509.freshest-crl-critical", kFreshestCrl, seq({})),
      critical("x509.aia-critical", kAuthorityInfoAccess),
      critical("x509.sia-critical", kSubjectInfoAccess, seq({})),
      with("x509.sct-list-empty", kSctList, tlv(0x04, Bytes{0, 0})),
      with("x509.lei", kLei, printable_string("529900T8BM49AURSDO56")),
      with("x509.adobe-timestamp", kAdobeTimestamp, seq({number(1), dns("mail.net")})),
  };
}

std::vector<Case> policy_cases() {
  auto mapped = [](const Oid& from) { return seq({seq({oid(from), oid(kOther)})}); };
  return {
      with("x509.policy-repeated", kCertificatePolicies,
           policies({policy(kIndividualStrict), policy(kIndividualStrict)})),
      noticed("x509.policy-qualifier", cps("http://mail.net/cps")),
      with("x509.any-policy-qualifier", kCertificatePolicies,
           policies({policy(kAnyPolicy, {seq({oid(kOther), null()})})})),
      noticed("x509.explicit-text-ia5", notice({ia5("read this")})),
      noticed("x509.explicit-text-old", notice({tlv(0x1a, std::string_view("read this"))})),
      noticed("x509.explicit-text-length", notice({utf8(std::string(201, 'a'))})),
      noticed("x509.explicit-text-control", notice({utf8("read\nthis")})),
      noticed("x509.notice-reference", notice({seq({utf8("CA"), seq({number(1)})}), utf8("a")})),
      with("x509.mappings-without-ca", kPolicyMappings, mapped(kOwnPolicy), true),
      {"x509.mapping-any",
       [=](Draft& d) {
         d.become_ca();
         d.set(kPolicyMappings, mapped(kAnyPolicy), true);
       }},
      with("x509.mappings-not-critical", kPolicyMappings, mapped(kOwnPolicy)),
      with("x509.policy-constraints-not-critical", kPolicyConstraints, seq({tlv(0x80, Bytes{0})})),
      critical("x509.policy-constraints-empty", kPolicyConstraints, seq({})),
      with("x509.inhibit-any-not-critical", kInhibitAnyPolicy, number(0)),
  };
}

std::vector<Case> key_cases() {
  auto used = [](const std::string& id, const Bytes& key, const Bytes& usage) {
    return Case{id, [=](Draft& d) {
                  d.key = key;
                  d.set(kKeyUsage, usage, true);
                }};
  };
  return {
      used("x509.key-usage-of-key", key_of("ec"), bits({5, 0xa0})),
      used("x509.key-usage-of-key", key_of("alice"), bits({3, 0x88})),
      used("x509.key-usage-of-key", key_of("ed25519"), bits({3, 0x88})),
      used("x509.key-usage-of-key", spki(algorithm(kX25519), Bytes(32, 9)), bits({3, 0x88})),
      used("x509.key-usage-of-key", spki(algorithm(kMlDsa44), Bytes(1'312, 1)), bits({5, 0xa0})),
      used("x509.key-usage-missing", spki(algorithm(kMlKem512), Bytes(800, 1)), bits({7, 0x80})),
      used("x509.key-usage-missing", key_of("ed25519"), bits({5, 0x20})),
      used("x509.key-usage-only-both", key_of("ec"), tlv(0x03, Bytes{7, 0x09, 0x80})),
      used("x509.key-usage-only", key_of("ec"), bits({0, 0x81})),
      used("x509.key-usage-unknown", key_of("ec"), bits({6, 0x80, 0x40})),
      {"x509.hash-ml-dsa-ca",
       [=](Draft& d) {
         d.become_ca();
         d.key = spki(algorithm(kHashMlDsa44), Bytes(1'312, 1));
       }},
      keyed("x509.draft-key", spki(algorithm(Oid::of("1.3.6.1.4.1.2.267.7.4.4")), Bytes(1'312, 1))),
      keyed("x509.key-parameters", spki(algorithm(kMlDsa44, null()), Bytes(1'312, 1))),
      keyed("x509.key-parameters", spki(algorithm(kRsaEncryption), Bytes(32, 1))),
      keyed("x509.key-parameters", spki(algorithm(kEcPublicKey, seq({number(1)})), Bytes(65, 4))),
      keyed("x509.key-form", spki(algorithm(kMlDsa44), Bytes(1'311, 1))),
      keyed("x509.key-form", spki(algorithm(kRsaEncryption, null()), Bytes(32, 1))),
      keyed("x509.key-form",
            spki(algorithm(kEcPublicKey, oid(Oid::of("1.2.840.10045.3.1.7"))), Bytes(64, 4))),
  };
}

std::vector<Case> mail_cases() {
  return {
      with("smime.no-address", kSubjectAltName, seq({directory(person())})),
      named("smime.address-in-subject", name({{kEmailAddress, ia5(kAddress)}})),
      with("smime.purpose", kExtendedKeyUsage, purposes({kTimeStamping})),
      with("smime.usage", kKeyUsage, bits({4, 0x10}), true),
      with("smime.constraints-of-person", kBasicConstraints, seq({})),
      keyed("smime.small-key", rsa_key(modulus(128, 0xc5, 1), {1, 0, 1})),
      keyed("smime.large-key", rsa_key(modulus(1'024, 0xc5, 1), {1, 0, 1})),
      {"smime.weak-signature",
       [](Draft& d) { d.outer = d.inner = algorithm(Oid::of("1.2.840.113549.1.1.5"), null()); }},
      {"smime.weak-signature",
       [](Draft& d) { d.outer = d.inner = algorithm(Oid::of("1.2.840.113549.1.1.2"), null()); }},
      critical("smime.capabilities-critical", kSmimeCapabilities, seq({})),
  };
}

BaselineProfile profile(Type type, Generation generation) { return {type, generation}; }

std::vector<Case> baseline_policy_cases() {
  auto strict = profile(Type::Individual, Generation::Strict);
  auto legacy = profile(Type::Individual, Generation::Legacy);
  return {
      {"br.policies-absent", [](Draft& d) { d.remove(kCertificatePolicies); }, strict},
      {"br.policy-missing",
       [](Draft& d) { d.set(kCertificatePolicies, policies({policy(kOwnPolicy)})); }, strict},
      with("br.policies-several", kCertificatePolicies,
           policies({policy(kIndividualStrict), policy(Oid::of("2.23.140.1.5.3.3"))})),
      with("br.any-policy", kCertificatePolicies,
           policies({policy(kIndividualStrict), policy(kAnyPolicy)})),
      critical("br.policies-critical", kCertificatePolicies),
      noticed("br.cps-uri", cps("ftp://mail.net/cps")),
      noticed("br.notice", notice({})),
      noticed("br.notice", notice({seq({utf8("CA"), seq({number(1)})}), utf8("a")})),
      {"br.legacy-ended", [](Draft&) {}, legacy},
  };
}

std::vector<Case> baseline_extension_cases() {
  auto organization_strict = profile(Type::Organization, Generation::Strict);
  auto legacy = profile(Type::Individual, Generation::Legacy);
  auto aia = [](const Bytes& location) { return seq({access(kOcsp, location)}); };
  auto strict = profile(Type::Individual, Generation::Strict);
  return {
      without("br.crldp-absent", kCrlDistributionPoints),
      {"br.crldp-no-http", [](Draft& d) { d.add_point(uri("ldap://mail.net/cn=ca")); }, legacy},
      {"br.crldp-scheme", [](Draft& d) { d.add_point(uri("https://mail.net/ca.crl")); }},
      {"br.crldp-kind", [](Draft& d) { d.add_point(directory(person())); }},
      without("br.aia-absent", kAuthorityInfoAccess),
      with("br.aia-no-issuer", kAuthorityInfoAccess, aia(uri("http://ocsp.mail.net/"))),
      with("br.aia-no-http", kAuthorityInfoAccess, aia(uri("ldap://mail.net/cn=ca"))),
      with("br.aia-scheme", kAuthorityInfoAccess, aia(uri("https://ocsp.mail.net/"))),
      with("br.aia-kind", kAuthorityInfoAccess, aia(dns("ocsp.mail.net"))),
      {"br.ca", [](Draft& d) { d.become_ca(); }, strict},
      with("br.path-length", kBasicConstraints, seq({number(0)})),
      without("br.key-usage-absent", kKeyUsage),
      {"br.key-usage-not-critical", [](Draft& d) { d.set_critical(kKeyUsage, false); }},
      with("br.key-usage", kKeyUsage, bits({4, 0xb0}), true),
      with("br.key-usage", kKeyUsage, bits({5, 0x60}), true),
      with("br.key-usage-type", kKeyUsage, bits({6, 0x40}), true),
      without("br.purposes-absent", kExtendedKeyUsage),
      with("br.purpose-missing", kExtendedKeyUsage, purposes({Oid::of("1.3.6.1.5.5.7.3.2")})),
      with("br.purpose-other", kExtendedKeyUsage,
           purposes({kEmailProtection, Oid::of("1.3.6.1.5.5.7.3.2")})),
      {"br.purpose-other",
       [](Draft& d) {
         d.set(kExtendedKeyUsage, purposes({kEmailProtection, kAnyExtendedKeyUsage}));
       },
       legacy},
      with("br.aki-issuer", kAuthorityKeyIdentifier,
           seq({tlv(0x80, Bytes(20, 7)), tlv(0xa1, Parts{directory(person())}),
                tlv(0x82, Bytes{1})})),
      with("br.directory-attributes", kSubjectDirectoryAttributes, seq({})),
      critical("br.qc-statements-critical", kQcStatements, seq({})),
      with("br.lei", kLei, printable_string("529900T8BM49AURSDO55")),
      {"br.lei-role", [](Draft& d) { d.set(kLeiRole, printable_string("director")); },
       organization_strict},
      critical("br.lei-critical", kLei, printable_string("529900T8BM49AURSDO55")),
      critical("br.lei-role-critical", kLeiRole, printable_string("director")),
      with("br.adobe", kAdobeTimestamp, seq({number(1), uri("http://tsa.mail.net/")})),
      critical("br.adobe-timestamp-critical", kAdobeTimestamp,
               seq({number(1), uri("http://tsa.mail.net/")})),
      critical("br.adobe-archive-critical", kAdobeArchiveRevInfo, seq({number(1)})),
      {"br.validity", [](Draft& d) { d.not_after = tlv(0x17, std::string_view("280405000000Z")); }},
      {"br.validity-longest",
       [](Draft& d) { d.not_after = tlv(0x17, std::string_view("280404235959Z")); }},
  };
}

std::vector<Case> baseline_key_cases() {
  Bytes not_on_curve(65, 4);
  return {
      keyed("br.key-kind", spki(algorithm(Oid::of("1.3.101.110")), Bytes(32, 9))),
      keyed("br.key-encoding", spki(algorithm(kRsaEncryption), Bytes(32, 1))),
      {"br.signature-encoding",
       [](Draft& d) { d.outer = d.inner = algorithm(Oid::of("1.2.840.113549.1.1.5"), null()); }},
      keyed("br.rsa-modulus", rsa_key(modulus(128, 0xc5, 1), {1, 0, 1})),
      keyed("br.rsa-modulus", rsa_key(modulus(257, 0x05, 1), {1, 0, 1})),
      keyed("br.rsa-exponent", rsa_key(modulus(256, 0xc5, 1), {1, 0, 2})),
      keyed("br.rsa-exponent-range", rsa_key(modulus(256, 0xc5, 1), {3})),
      keyed("br.rsa-small-factor", rsa_key(modulus(256, 0xc5, 5), {1, 0, 1})),
      keyed("br.ec-point",
            spki(algorithm(kEcPublicKey, oid(Oid::of("1.2.840.10045.3.1.7"))), not_on_curve)),
  };
}

std::vector<Case> baseline_name_cases() {
  auto mailbox = profile(Type::Mailbox, Generation::Strict);
  auto organization_strict = profile(Type::Organization, Generation::Strict);
  auto individual = profile(Type::Individual, Generation::Strict);
  auto legacy = profile(Type::Individual, Generation::Legacy);
  auto as = [](const std::string& id, const Bytes& subject, const BaselineProfile& by) {
    return Case{id, [=](Draft& d) { d.subject = subject; }, by};
  };
  return {
      without("br.san-absent", kSubjectAltName),
      with("br.san-no-address", kSubjectAltName, seq({directory(person())})),
      alternative("br.san-kind", dns("mail.net")),
      alternative("br.san-other-name", other(kUserPrincipalName, utf8("anna@mail.net"))),
      as("br.address-not-repeated",
         name({{kSurname, utf8("bob@mail.net")}, {kCommonName, utf8("Anna")}}), individual),
      as("br.address-not-repeated", name({{kCommonName, utf8("bob@mail.net")}}), legacy),
      alternative("br.internal-domain", mail("anna@mail.local")),
      as("br.placeholder", name({{kSurname, utf8("Sanders")}, {kTitle, utf8(" - ")}}), individual),
      as("br.html-entity", name({{kSurname, utf8("Sanders &amp; Co")}}), individual),
      as("br.common-name", name({{kCommonName, utf8("Anna")}}), mailbox),
      as("br.common-name", name({{kPseudonym, utf8("anna")}, {kCommonName, utf8("ANNA")}}),
         individual),
      as("br.common-name",
         name({{kCommonName, utf8("Other GmbH")}, {kOrganizationName, utf8("Sanders GmbH")}}),
         organization_strict),
      as("br.name-and-pseudonym", name({{kPseudonym, utf8("anna")}, {kSurname, utf8("S")}}),
         individual),
      as("br.attribute-dependency", name({{kSurname, utf8("S")}, {kLocalityName, utf8("Kiel")}}),
         individual),
      as("br.attribute-dependency", name({{kSurname, utf8("S")}, {kStreetAddress, utf8("A 1")}}),
         individual),
      as("br.country-code", name({{kCountryName, printable_string("ZZ")}}), individual),
      as("br.attribute-missing", name({{kCommonName, utf8("Anna")}}), individual),
      as("br.attribute-missing", name({{kOrganizationName, utf8("Sanders GmbH")}}),
         organization_strict),
      as("br.attribute-prohibited", name({{kOrganizationName, utf8("S")}}), mailbox),
      as("br.attribute-prohibited", name({{kSurname, utf8("S")}, {kPostalCode, utf8("24103")}}),
         individual),
      alternative("br.attribute-missing", directory(name({{kCommonName, utf8("Anna")}}))),
  };
}

std::vector<Case> organization_cases() {
  auto as = [](const std::string& id, std::string_view identifier, std::string_view country) {
    Bytes subject = organization(identifier, country);
    return Case{id, [=](Draft& d) { d.subject = subject; },
                profile(Type::Organization, Generation::Strict)};
  };
  return {
      {"br.organization-encoding",
       [](Draft& d) {
         d.subject = name({{kOrganizationIdentifier, tlv(0x14, std::string_view("NTRDK-1"))}});
       },
       profile(Type::Organization, Generation::Strict)},
      as("br.organization-structure", "NTR", "DK"),
      as("br.organization-structure", "NTRUS+CALI-12", "US"),
      as("br.organization-structure", "PSDBE-1234", "BE"),
      as("br.organization-scheme", "TAXUS-12", "US"),
      as("br.organization-country", "NTRZZ-12", "DK"),
      as("br.organization-country", "LEIUS-529900T8BM49AURSDO55", "US"),
      as("br.organization-country", "INTUS", "US"),
      as("br.organization-subdivision", "VATUS+CA-12", "US"),
      as("br.organization-reference-missing", "NTRDK", "DK"),
      as("br.organization-reference", "GOVUS-12", "US"),
      as("br.organization-country-differs", "NTRDK-12", "SE"),
      as("br.organization-country-differs", "VATEL-12", "EL"),
      as("br.organization-lei", "LEIXG-529900T8BM49AURSDO56", "DK"),
      as("br.organization-euid", "NTRDE-HRB12345", "DE"),
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto* cases : {&encoding_cases, &field_cases, &name_cases, &general_name_cases,
                      &identifier_cases, &extension_cases, &policy_cases, &key_cases, &mail_cases,
                      &baseline_policy_cases, &baseline_extension_cases, &baseline_key_cases,
                      &baseline_name_cases, &organization_cases}) {
    for (Case& each : cases()) all.push_back(std::move(each));
  }
  return all;
}

CertificateCheckOptions options_of(const Case& each) {
  if (!each.profile) return {};
  return {.baseline = CertificateCheckOptions::Baseline::Given, .profile = *each.profile};
}

TEST(CertificateCheck, FindsNothingInAGoodOne) {
  CertificateReport report = check(good());
  EXPECT_EQ(ids(report), std::set<std::string>());
  EXPECT_EQ(report.baseline, profile(Type::Individual, Generation::Strict));
  EXPECT_EQ(report.subject, "CN=Anna Sanders,GN=Anna,SN=Sanders");
  EXPECT_EQ(report.worst(), CheckSeverity::Note);
}

TEST(CertificateCheck, FindsEachFault_CERT_08_CERT_17) {
  for (const Case& each : all_cases()) {
    Draft draft = good();
    each.spoil(draft);
    auto found = ids(check(draft, options_of(each)));
    EXPECT_TRUE(found.contains(each.id)) << each.id << " among " << found.size();
  }
}

TEST(CertificateCheck, HasACaseForEachCheck) {
  std::set<std::string> told;
  for (const Case& each : all_cases()) told.insert(each.id);
  std::set<std::string_view> ids_seen;
  for (const CertificateCheck& each : certificate_checks()) {
    EXPECT_TRUE(told.contains(std::string(each.id))) << each.id;
    EXPECT_TRUE(ids_seen.insert(each.id).second) << each.id << " stands twice";
    EXPECT_FALSE(each.text.empty() || each.text.back() == '.') << each.id;
    EXPECT_FALSE(each.source.empty()) << each.id;
  }
}

// What RFC 5280 and the Baseline Requirements allow is no error.
TEST(CertificateCheck, LetsPassWhatIsAllowed) {
  auto organization_of = [](std::string_view identifier, std::string_view country) {
    return [=](Draft& d) { d.subject = organization(identifier, country); };
  };
  auto strict = profile(Type::Organization, Generation::Strict);
  auto individual = profile(Type::Individual, Generation::Strict);
  auto legacy = profile(Type::Individual, Generation::Legacy);
  const std::vector<Case> cases = {
      {"national", organization_of("NTRGB-12345678", "GB"), strict},
      {"subdivision", organization_of("NTRUS+CA-12345678", "US"), strict},
      {"payment service", organization_of("PSDBE-NBB-1234.567.890", "BE"), strict},
      {"Greek tax", organization_of("VATEL-123456789", "GR"), strict},
      {"government", organization_of("GOVUS+CA", "US"), strict},
      {"international", organization_of("INTXG", "CH"), strict},
      {"LEI", organization_of("LEIXG-529900T8BM49AURSDO55", "FI"), strict},
      {"EUID", organization_of("NTRDE-DER3306.HRB12345", "DE"), strict},
      {"no country of ISO", organization_of("LEIXG-529900T8BM49AURSDO55", "XX"), strict},
      {"organization as name",
       [](Draft& d) {
         d.subject = name({{kOrganizationIdentifier, utf8("INTXG")},
                           {kOrganizationName, utf8("Sanders")},
                           {kCommonName, utf8("Sanders")}});
       },
       strict},
      {"pseudonym",
       [](Draft& d) {
         d.subject = name({{kPseudonym, utf8("anna")}, {kCommonName, utf8("anna")}});
       },
       individual},
      {"address as name",
       [](Draft& d) {
         d.subject = name({{kCommonName, utf8(kAddress)}});
       },
       profile(Type::Mailbox, Generation::Strict)},
      {"name alone",
       [](Draft& d) {
         d.subject = name({{kCommonName, utf8("Anna")}});
         d.not_before = tlv(0x17, std::string_view("250101000000Z"));
       },
       legacy},
      {"address beyond ASCII",
       [](Draft& d) { d.set(kSubjectAltName, seq({utf8_mailbox("\xc3\xa4@mail.net")})); }},
      {"quoted address", [](Draft& d) { d.set(kSubjectAltName, seq({mail("\"a b\"@mail.net")})); }},
      {"empty subject",
       [](Draft& d) {
         d.subject = seq({});
         d.set_critical(kSubjectAltName, true);
       },
       profile(Type::Mailbox, Generation::Strict)},
  };
  for (const Case& each : cases) {
    Draft draft = good();
    each.spoil(draft);
    CertificateCheckOptions options = options_of(each);
    auto found = ids(check(draft, options), CheckSeverity::Error);
    found.erase("br.policy-missing");  // the draft has that of individual-strict
    EXPECT_EQ(found, std::set<std::string>()) << each.id;
  }
}

TEST(CertificateCheck, LetsPassKeysThatAreUsedAsTheyMayBe) {
  const std::vector<std::pair<Bytes, Bytes>> keys = {
      {key_of("ec"), bits({3, 0x88})},
      {key_of("ed25519"), bits({6, 0xc0})},
      {spki(algorithm(Oid::of("2.16.840.1.101.3.4.3.18")), Bytes(1'952, 1)), bits({7, 0x80})},
      {spki(algorithm(Oid::of("2.16.840.1.101.3.4.4.2")), Bytes(1'184, 1)), bits({5, 0x20})},
  };
  for (const auto& [key, usage] : keys) {
    Draft draft = good();
    draft.key = key;
    draft.set(kKeyUsage, usage, true);
    EXPECT_EQ(ids(check(draft), CheckSeverity::Error), std::set<std::string>()) << to_hex(usage);
  }
}

// RFC 5280 4.2.1.1 lets it be missing where a CA signs its certificate with its own key.
TEST(CertificateCheck, MissesTheIssuersKeyUnlessOfARoot) {
  auto report = check_certificate(load("root").der());
  ASSERT_TRUE(report);
  EXPECT_FALSE(ids(*report).contains("x509.aki-absent"));
  Draft draft = good();
  draft.become_ca();
  draft.issuer = draft.subject;
  draft.remove(kAuthorityKeyIdentifier);
  EXPECT_TRUE(ids(check(draft)).contains("x509.aki-absent"));
}

TEST(CertificateCheck, ChecksTheProfileThatIsClaimedOrGiven_CERT_41) {
  Draft draft = good();
  draft.remove(kExtendedKeyUsage);
  EXPECT_TRUE(ids(check(draft)).contains("br.purposes-absent"));
  auto off = check(draft, {.baseline = CertificateCheckOptions::Baseline::Off});
  EXPECT_EQ(off.baseline, std::nullopt);
  EXPECT_EQ(ids(off), std::set<std::string>());
  draft.set(kCertificatePolicies, policies({policy(kOwnPolicy)}));
  EXPECT_EQ(check(draft).baseline, std::nullopt);
  auto given = check(draft, {.baseline = CertificateCheckOptions::Baseline::Given,
                             .profile = {Type::Mailbox, Generation::Legacy}});
  EXPECT_TRUE(ids(given).contains("br.policy-missing"));
}

TEST(CertificateCheck, LeavesTheSignatureOfARootAlone) {
  Draft draft = good();
  draft.outer = draft.inner = algorithm(Oid::of("1.2.840.113549.1.1.5"), null());
  draft.become_ca();
  EXPECT_TRUE(ids(check(draft)).contains("smime.weak-signature"));
  draft.issuer = draft.subject;
  EXPECT_FALSE(ids(check(draft)).contains("smime.weak-signature"));
}

// Those who sign certificates are no subscribers, whatever policies they may issue for.
TEST(CertificateCheck, LeavesTheProfilesToSubscribers) {
  Draft draft = good();
  draft.become_ca();
  EXPECT_EQ(check(draft).baseline, std::nullopt);
}

TEST(CertificateCheck, NamesProfiles) {
  std::set<std::string> names;
  for (auto type : {Type::Mailbox, Type::Organization, Type::Sponsor, Type::Individual}) {
    for (auto generation : {Generation::Legacy, Generation::Multipurpose, Generation::Strict}) {
      BaselineProfile one{type, generation};
      EXPECT_EQ(find_baseline_profile(bulla::name(one)), one);
      names.insert(bulla::name(one));
    }
  }
  EXPECT_EQ(names.size(), 12u);
  EXPECT_EQ(find_baseline_profile("mailbox"), std::nullopt);
}

// Certificate::parse() refuses these; here they are findings.
TEST(CertificateCheck, GoesOnWhereTheReaderForUseStops) {
  for (const Case& each :
       std::vector<Case>{with("der.malformed", kKeyUsage, bits({9, 0xa0}), true),
                         {"x509.algorithms-differ",
                          [](Draft& d) { d.outer = algorithm(Oid::of("1.2.840.10045.4.3.2")); }},
                         alternative("der.general-name-characters", mail("\xc3\xa4@mail.net"))}) {
    Draft draft = good();
    each.spoil(draft);
    EXPECT_FALSE(Certificate::parse(draft.encode())) << each.id;
    EXPECT_TRUE(ids(check(draft)).contains(each.id)) << each.id;
  }
}

TEST(CertificateCheck, FailsWhereTheFieldsCannotBeToldApart) {
  Bytes der = good().encode();
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{40}, der.size() - 1}) {
    EXPECT_FALSE(check_certificate(ByteView(der).first(size))) << size;
  }
  der.push_back(0);
  EXPECT_EQ(check_certificate(der).error().rule, Rule::Asn1TrailingData);
  Limits limits;
  limits.certificate_bytes = 100;
  EXPECT_EQ(check_certificate(good().encode(), {}, limits).error().rule, Rule::LimitSize);
}

// Whatever an octet becomes, a report or an error.
TEST(CertificateCheck, SurvivesEachChangedOctet) {
  Draft draft = good();
  draft.subject = organization("NTRUS+CA-12345678", "US");
  draft.set(kSubjectAltName, seq({mail(kAddress), directory(person()), utf8_mailbox("\xc3\xa4@b.c"),
                                  uri("http://a.b/c"), ip({1, 2, 3, 4})}));
  draft.set(kQcStatements, seq({seq({oid(Oid::of("0.4.0.1862.1.6")), seq({oid(kOwnPolicy)})})}));
  Bytes der = draft.encode();
  std::size_t reports = 0;
  for (std::size_t i = 0; i < der.size(); ++i) {
    for (std::uint8_t mask : {std::uint8_t{0x01}, std::uint8_t{0x80}, std::uint8_t{0xff}}) {
      Bytes changed = der;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ mask);
      reports += check_certificate(changed).has_value() ? 1 : 0;
    }
  }
  EXPECT_GT(reports, der.size());
}

TEST(CertificateCheck, TellsAFaultTwentyTimesAtMost) {
  Draft draft = good();
  Parts names(10'000, mail("x"));
  names.push_back(mail(kAddress));
  draft.set(kSubjectAltName, seq(names));
  auto report = check(draft);
  auto count = std::count_if(report.findings.begin(), report.findings.end(),
                             [](const auto& each) { return each.check->id == "x509.rfc822-name"; });
  EXPECT_EQ(count, 20);
  draft.set(kSubjectAltName, seq({mail(kAddress), mail(std::string(10'000, 'x'))}));
  EXPECT_EQ(check(draft).findings.front().detail.size(), 303u);
}

TEST(CertificateCheck, ExtractsWhatAFileHolds) {
  auto all = extract_certificates(read_file(data_path("certs_only.p7b")));
  auto loaded = load_certificates(read_file(data_path("certs_only.p7b")));
  ASSERT_TRUE(all && loaded);
  ASSERT_EQ(all->size(), loaded->size());
  EXPECT_TRUE(equal(all->front(), loaded->front().der()));
  EXPECT_EQ(extract_certificates(read_file(data_path("alice.key.pem"))).error().rule,
            Rule::KeyNoCertificate);
}

}  // namespace
}  // namespace bulla::x509::lint
