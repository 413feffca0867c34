#include "x509/path_checks.h"

#include <algorithm>

#include "asn1/reader.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_kind.h"
#include "x509/extensions.h"

namespace bulla::x509 {
namespace {

// CERT-38. Key usage is asked for apart: what is left is what both allow.
bool is_for(const Certificate& certificate, const Oid& wanted) {
  const auto& purposes = certificate.extended_key_usage();
  if (!purposes) return true;
  return std::any_of(purposes->begin(), purposes->end(), [&](const Oid& purpose) {
    return purpose == wanted || purpose == kAnyExtendedKeyUsage;
  });
}

bool allows_signing(const Certificate& certificate) {
  return certificate.allows(KeyUsage::DigitalSignature) ||
         certificate.allows(KeyUsage::NonRepudiation);
}

// CERT-39. Of a key of an unknown kind either bit will do: KEMs have keyEncipherment.
bool allows_encryption(const Certificate& certificate) {
  bool encipherment = certificate.allows(KeyUsage::KeyEncipherment);
  bool agreement = certificate.allows(KeyUsage::KeyAgreement);
  switch (certificate.key_kind()) {
    case KeyKind::Rsa:
    case KeyKind::RsaOaep:
    case KeyKind::RsaKem:
    case KeyKind::MlKem512:
    case KeyKind::MlKem768:
    case KeyKind::MlKem1024:
      return encipherment;
    case KeyKind::Ec:
    case KeyKind::X25519:
    case KeyKind::X448:
    case KeyKind::Dh:
      return agreement;
    case KeyKind::Unknown:
      return encipherment || agreement;
    default:
      return false;  // keys that sign
  }
}

constexpr Oid kCps = Oid::of("1.3.6.1.5.5.7.2.1");
constexpr Oid kUserNotice = Oid::of("1.3.6.1.5.5.7.2.2");

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
// PolicyInformation ::= SEQUENCE {
//     policyIdentifier  CertPolicyId,
//     policyQualifiers  SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
// PolicyQualifierInfo ::= SEQUENCE {
//     policyQualifierId  PolicyQualifierId,
//     qualifier          ANY DEFINED BY policyQualifierId }
bool knows_all_qualifiers(asn1::Reader& in) {
  bool known = true;
  asn1::Reader policies = in.sequence();
  while (policies.more()) {
    asn1::Reader policy = policies.sequence();
    policy.oid();
    auto qualifiers = policy.optional_enter(asn1::Tag::Sequence);
    while (qualifiers && qualifiers->more()) {
      asn1::Reader qualifier = qualifiers->sequence();
      Oid type = qualifier.oid();
      qualifier.skip_rest();
      known = known && (type == kCps || type == kUserNotice);
    }
  }
  return known;
}

void add(Findings& findings, Rule rule, Severity severity, std::size_t index, std::string detail) {
  findings.push_back({rule, severity, path_place(index), std::move(detail)});
}

// SHA-2 and what came after it with every kind of key (CERT-42); what version 2 certified with
// only on request (CERT-44).
void check_digest(const Certificate& certificate, std::size_t index, PathOptions::Weak weak,
                  Findings& findings) {
  auto scheme = crypto::read_signature_scheme(signature_algorithm(certificate), std::nullopt);
  if (!scheme) return;
  bool broken = scheme->digest == Digest::Md5;
  if (!broken && scheme->digest != Digest::Sha1) return;
  Severity refused = broken ? Severity::Failure : Severity::Indeterminate;
  Severity severity = weak == PathOptions::Weak::Warn ? Severity::Warning : refused;
  add(findings, Rule::CertWeakDigest, severity, index, std::string(name(scheme->digest)));
}

// Bits below which a key is short, too short, and no key at all: the first is named, the second
// refused (ALG-72). 512 is what S/MIME version 2 allowed (ALG-73).
void check_key(const Certificate& certificate, std::size_t index, PathOptions::Weak weak,
               Findings& findings) {
  std::size_t bits = certificate.key_bits();
  KeyKind kind = certificate.key_kind();
  bool counted = crypto::is_rsa(kind) || kind == KeyKind::Dsa || kind == KeyKind::Dh;
  if (bits == 0 || (!counted && kind != KeyKind::Ec)) return;
  std::size_t enough = counted ? 2'048 : 224;
  std::size_t refused = counted ? (weak == PathOptions::Weak::Warn ? 512 : 1'024) : 160;
  if (bits >= enough) return;
  Severity severity = bits < refused ? Severity::Failure : Severity::Warning;
  add(findings, Rule::CertWeakKey, severity, index, certificate.key_description());
}

}  // namespace

bool is_for_timestamps_alone(const Certificate& certificate) {
  const auto* extension = certificate.extension(kExtendedKeyUsage);
  const auto& purposes = certificate.extended_key_usage();
  return extension != nullptr && extension->critical && purposes && purposes->size() == 1 &&
         purposes->front() == kTimeStamping;
}

std::string path_place(std::size_t index) { return "path " + std::to_string(index); }

asn1::AlgorithmIdentifier signature_algorithm(const Certificate& certificate) {
  auto algorithm = asn1::decode(certificate.der(), [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    seq.element(asn1::Tag::Sequence);
    auto result = asn1::AlgorithmIdentifier::read(seq);
    seq.skip_rest();
    return result;
  });
  return algorithm.value_or(asn1::AlgorithmIdentifier());
}

void check_policy_qualifiers(const std::vector<Certificate>& path, Findings& findings) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* policies = path[i].extension(kCertificatePolicies);
    if (policies == nullptr || !policies->critical) continue;
    // What cannot be read at all is for libcrypto to say.
    if (asn1::decode(policies->value, &knows_all_qualifiers).value_or(true)) continue;
    findings.push_back(Finding::of(Rule::CertUnknownCritical, path_place(i), "a policy qualifier"));
  }
}

void check_purpose(const std::vector<Certificate>& path, Purpose purpose, Findings& findings) {
  if (purpose == Purpose::Any) return;
  const Certificate& leaf = path.front();
  bool signs = purpose == Purpose::MailSigning || purpose == Purpose::TimeStamping;
  if (signs && !allows_signing(leaf)) {
    findings.push_back(Finding::of(Rule::CertKeyUsage, path_place(0)));
  }
  if (purpose == Purpose::MailEncryption && !allows_encryption(leaf)) {
    findings.push_back(Finding::of(Rule::EncKeyUsage, path_place(0)));
  }
  bool is_stamp = purpose == Purpose::TimeStamping;
  for (std::size_t i = 0; i < path.size(); ++i) {
    bool is_leaf_of_stamp = is_stamp && i == 0;
    if (is_leaf_of_stamp ? is_for_timestamps_alone(path[i])
                         : is_for(path[i], is_stamp ? kTimeStamping : kEmailProtection)) {
      continue;
    }
    findings.push_back(Finding::of(Rule::CertExtendedKeyUsage, path_place(i)));
  }
}

void check_strength(const std::vector<Certificate>& path, std::size_t anchors,
                    PathOptions::Weak weak, Findings& findings) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i + anchors < path.size()) check_digest(path[i], i, weak, findings);
    check_key(path[i], i, weak, findings);
  }
}

}  // namespace bulla::x509
