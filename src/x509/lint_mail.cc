// Certificates for mail: RFC 8550, RFC 8551 4, RFC 4262.
#include <algorithm>
#include <array>

#include "crypto/algorithm_table.h"
#include "crypto/key_kind.h"
#include "x509/attribute_types.h"
#include "x509/lint_keys.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

void no_address(const View& view, Found& found) {
  bool has_address =
      !alternative_addresses(view).empty() || has_attribute(view.names.front().name, kEmailAddress);
  bool is_malformed = view.has(kSubjectAltName) && !view.subject_alt_name;
  found.add_if(!view.is_ca() && !has_address && !is_malformed, "subjectAltName");
}

void address_in_subject(const View& view, Found& found) {
  found.add_if(has_attribute(view.names.front().name, kEmailAddress), "subject emailAddress");
}

void purpose(const View& view, Found& found) {
  bool is_for_mail = view.has_purpose(kEmailProtection) || view.has_purpose(kAnyExtendedKeyUsage);
  found.add_if(view.extended_key_usage && !is_for_mail, "extKeyUsage");
}

void usage(const View& view, Found& found) {
  constexpr Usages kForMail = kSigns | kBitKeyEncipherment | kBitKeyAgreement;
  found.add_if(!view.is_ca() && view.key_usage && (usages(view) & kForMail) == 0, "keyUsage",
               usage_names(usages(view)));
}

void end_entity_constraints(const View& view, Found& found) {
  found.add_if(view.basic_constraints && !view.is_ca(), "basicConstraints");
}

bool is_sized(const View& view) {
  return crypto::is_rsa(view.key.kind) || view.key.kind == KeyKind::Dsa;
}

void small_key(const View& view, Found& found) {
  found.add_if(is_sized(view) && view.key.bits != 0 && view.key.bits < 2'048,
               "subjectPublicKeyInfo", view.key.description);
}

void large_key(const View& view, Found& found) {
  found.add_if(is_sized(view) && view.key.bits > 4'096, "subjectPublicKeyInfo",
               view.key.description);
}

// md2WithRSAEncryption and its like are in no table of ours.
bool is_md2_or_md4(const Oid& oid) {
  return oid == Oid::of("1.2.840.113549.1.1.2") || oid == Oid::of("1.2.840.113549.1.1.3");
}

// Nobody relies on the signature of a root.
void weak_signature(const View& view, Found& found) {
  if (view.is_ca() && equal_names(view.subject_der, view.issuer_der)) return;
  const Oid& oid = view.signature_algorithm.algorithm;
  auto scheme = crypto::read_signature_scheme(view.signature_algorithm, std::nullopt);
  bool is_weak =
      is_md2_or_md4(oid) || (scheme && !crypto::is_pure(scheme->algorithm) &&
                             (scheme->digest == Digest::Md5 || scheme->digest == Digest::Sha1));
  found.add_if(is_weak, "signatureAlgorithm", scheme ? describe(*scheme) : oid.to_string());
}

constexpr std::array kRows = {
    Row{{"smime.no-address", kNote, "RFC 8550 3",
         "there is no mail address: no sender can be compared with it"},
        no_address},
    Row{{"smime.address-in-subject", kNote, "RFC 8550 3",
         "an address stands in the subject, not in subjectAltName alone"},
        address_in_subject},
    Row{{"smime.purpose", kWarning, "RFC 8550 4.4.4",
         "the purposes are neither emailProtection nor any: mail programs refuse it"},
        purpose},
    Row{{"smime.usage", kWarning, "RFC 8550 4.4.2",
         "the key may neither sign mail nor have mail encrypted to it"},
        usage},
    Row{{"smime.constraints-of-person", kNote, "RFC 8550 4.4.1",
         "only certificates of CAs need the extension"},
        end_entity_constraints},
    Row{{"smime.small-key", kWarning, "RFC 8550 4.3, RFC 8551 4.2",
         "the key has less than 2048 bits"},
        small_key},
    Row{{"smime.large-key", kNote, "RFC 8550 4.3, RFC 8551 4.2",
         "the key has more than 4096 bits, which not every program takes"},
        large_key},
    Row{{"smime.weak-signature", kWarning, "RFC 8550 4.3",
         "the certificate is signed with a digest that collides"},
        weak_signature},
    Row{{"smime.capabilities-critical", kError, "RFC 4262 2", "the extension is critical"},
        is_critical,
        kSmimeCapabilities},
};

}  // namespace

std::span<const Row> mail_rows() { return kRows; }

}  // namespace bulla::x509::lint
