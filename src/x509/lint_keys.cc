// Public keys, and for what their kinds are: RFC 3279, 4055, 5480, 8410, 8813, 9295, 9690, 9881,
// 9909 and 9935.
#include "x509/lint_keys.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/key_kind.h"
#include "crypto/post_quantum.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

constexpr std::array<std::string_view, 9> kUsages = {
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly"};

constexpr std::array<std::string_view, 6> kDraftArcs = {
    "1.3.6.1.4.1.2.267.7.", "1.3.6.1.4.1.2.267.8.", "1.3.6.1.4.1.2.267.12.",
    "1.3.6.1.4.1.22554.5.", "1.3.9999.3.",          "1.3.9999.6."};

constexpr Usages kForCa = kSigns | kBitKeyCertSign | kBitCrlSign;
constexpr Usages kAgrees = kBitKeyAgreement | kBitEncipherOnly | kBitDecipherOnly;

// What a kind of key may be used for, and what it must be if there is a keyUsage.
struct UsageRow {
  Usages allowed;
  Usages one_of;  // 0: nothing is demanded
  std::string_view source;
};

constexpr UsageRow kOfRsa = {kForCa | kBitKeyEncipherment | kBitDataEncipherment, 0,
                             "RFC 3279 2.3.1"};
constexpr UsageRow kOfRsaPss = {kForCa, 0, "RFC 4055 1.2"};
constexpr UsageRow kOfRsaOaep = {kBitKeyEncipherment | kBitDataEncipherment, 0, "RFC 4055 1.2"};
constexpr UsageRow kOfRsaKem = {kBitKeyEncipherment, kBitKeyEncipherment, "RFC 9690 3"};
constexpr UsageRow kOfEc = {kForCa | kAgrees, 0, "RFC 8813 3"};
constexpr UsageRow kOfEd = {kForCa, kForCa, "RFC 9295 3"};
constexpr UsageRow kOfX = {kAgrees, kBitKeyAgreement, "RFC 9295 3"};
constexpr UsageRow kOfDsa = {kForCa, 0, "RFC 3279 2.3.2"};
constexpr UsageRow kOfDh = {kAgrees, kBitKeyAgreement, "RFC 3279 2.3.3"};
constexpr UsageRow kOfMlKem = {kBitKeyEncipherment, kBitKeyEncipherment, "RFC 9935 5"};
constexpr UsageRow kOfMlDsa = {kForCa, kForCa, "RFC 9881 5"};
constexpr UsageRow kOfSlhDsa = {kForCa, kForCa, "RFC 9909 6"};
constexpr UsageRow kOfHashMlDsa = {kSigns, kSigns, "RFC 9881 8.3"};
// id-ecDH and id-ecMQV
constexpr UsageRow kOfEcDh = {kAgrees, kBitKeyAgreement, "RFC 8813 3"};

// id-hash-ml-dsa-44-with-sha512, -65- and -87-.
bool is_hash_ml_dsa(const Oid& oid) {
  return oid == Oid::of("2.16.840.1.101.3.4.3.32") || oid == Oid::of("2.16.840.1.101.3.4.3.33") ||
         oid == Oid::of("2.16.840.1.101.3.4.3.34");
}

const UsageRow* usages_of_post_quantum(KeyKind kind) {
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(kind);
  if (row == nullptr) return nullptr;
  if (row->kem) return &kOfMlKem;
  return std::string_view(row->type).starts_with("ML-DSA") ? &kOfMlDsa : &kOfSlhDsa;
}

const UsageRow* usages_of(const View& view) {
  const Oid& oid = view.key_algorithm.algorithm;
  switch (view.key.kind) {
    case KeyKind::Rsa:
      return &kOfRsa;
    case KeyKind::RsaPss:
      return &kOfRsaPss;
    case KeyKind::RsaOaep:
      return &kOfRsaOaep;
    case KeyKind::RsaKem:
      return &kOfRsaKem;
    case KeyKind::Ec:
      return &kOfEc;
    case KeyKind::Ed25519:
    case KeyKind::Ed448:
      return &kOfEd;
    case KeyKind::X25519:
    case KeyKind::X448:
      return &kOfX;
    case KeyKind::Dsa:
      return &kOfDsa;
    case KeyKind::Dh:
      return &kOfDh;
    default:
      break;
  }
  if (is_hash_ml_dsa(oid)) return &kOfHashMlDsa;
  if (oid == Oid::of("1.3.132.1.12") || oid == Oid::of("1.3.132.1.13")) return &kOfEcDh;
  return usages_of_post_quantum(view.key.kind);
}

std::string described(const View& view, const UsageRow& row) {
  return " with a key of " + view.key.description + " (" + std::string(row.source) + ")";
}

void usage_of_key(const View& view, Found& found) {
  const UsageRow* row = usages_of(view);
  if (row == nullptr || !view.key_usage) return;
  Usages beyond = usages(view) & ~row->allowed;
  found.add_if(beyond != 0, "keyUsage", usage_names(beyond) + described(view, *row));
}

void usage_missing(const View& view, Found& found) {
  const UsageRow* row = usages_of(view);
  if (row == nullptr || !view.key_usage || row->one_of == 0) return;
  found.add_if((usages(view) & row->one_of) == 0, "keyUsage",
               usage_names(row->one_of) + described(view, *row));
}

void both_only(const View& view, Found& found) {
  Usages both = kBitEncipherOnly | kBitDecipherOnly;
  found.add_if((usages(view) & both) == both, "keyUsage");
}

void only_without_agreement(const View& view, Found& found) {
  Usages set = usages(view);
  bool is_only = (set & (kBitEncipherOnly | kBitDecipherOnly)) != 0;
  found.add_if(is_only && (set & kBitKeyAgreement) == 0, "keyUsage");
}

void unknown_bits(const View& view, Found& found) {
  if (!view.key_usage) return;
  bool has_more = false;
  for (unsigned bit = kUsages.size(); bit < view.key_usage->bytes.size() * 8; ++bit) {
    has_more = has_more || view.key_usage->has(bit);
  }
  found.add_if(has_more, "keyUsage");
}

void hash_ml_dsa_ca(const View& view, Found& found) {
  found.add_if(view.is_ca() && is_hash_ml_dsa(view.key_algorithm.algorithm), "subjectPublicKeyInfo",
               view.key.description);
}

// Arcs from before the standards: Dilithium of round 3 and of the drafts of FIPS 204, Kyber and
// SPHINCS+ likewise, and those of Open Quantum Safe.
void draft_key(const View& view, Found& found) {
  std::string oid = view.key_algorithm.algorithm.to_string();
  bool is_draft = std::any_of(kDraftArcs.begin(), kDraftArcs.end(),
                              [&](std::string_view arc) { return oid.starts_with(arc); });
  found.add_if(is_draft, "subjectPublicKeyInfo", oid);
}

// NULL for RSA (RFC 3279 2.3.1), a named curve for EC (RFC 5480 2.1.1), absent for EdDSA and
// X25519 (RFC 8410 3) and for ML-KEM, ML-DSA and SLH-DSA.
void parameters(const View& view, Found& found) {
  const asn1::AlgorithmIdentifier& algorithm = view.key_algorithm;
  KeyKind kind = view.key.kind;
  std::string_view wrong;
  if (kind == KeyKind::Rsa) {
    if (!algorithm.has_null_parameters()) wrong = "NULL is missing";
  } else if (kind == KeyKind::Ec) {
    if (view.key.description == "EC without a named curve") wrong = "no named curve";
  } else if (kind == KeyKind::Ed25519 || kind == KeyKind::Ed448 || kind == KeyKind::X25519 ||
             kind == KeyKind::X448 || crypto::find_post_quantum(kind) != nullptr) {
    if (algorithm.parameters) wrong = "parameters are there";
  }
  found.add_if(!wrong.empty(), "subjectPublicKeyInfo", std::string(wrong));
}

// Octets that the key has to have; 0: any number.
std::size_t key_octets(const View& view) {
  switch (view.key.kind) {
    case KeyKind::Ed25519:
    case KeyKind::X25519:
      return 32;
    case KeyKind::Ed448:
      return 57;
    case KeyKind::X448:
      return 56;
    default:
      break;
  }
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(view.key.kind);
  return row == nullptr ? 0 : row->public_size;
}

void key_form(const View& view, Found& found) {
  std::size_t size = view.public_key.bytes.size();
  std::size_t wanted = key_octets(view);
  bool is_wrong = (wanted != 0 && size != wanted) || view.public_key.unused_bits != 0;
  if (crypto::is_rsa(view.key.kind) && view.key.bits == 0) is_wrong = true;
  if (view.key.kind == KeyKind::Ec && view.key.bits != 0) {
    std::size_t field = (view.key.bits + 7) / 8;
    bool is_compressed = size == field + 1 && (view.public_key.bytes[0] | 1) == 3;
    bool is_plain = size == 2 * field + 1 && view.public_key.bytes[0] == 4;
    is_wrong = is_wrong || (!is_compressed && !is_plain);
  }
  found.add_if(is_wrong, "subjectPublicKeyInfo",
               view.key.description + " in " + std::to_string(size) + " octets");
}

constexpr std::array kRows = {
    Row{{"x509.key-usage-of-key", kError, "RFC 3279 2.3, and that of the kind of key",
         "keys of this kind must not be used so"},
        usage_of_key},
    Row{{"x509.key-usage-missing", kError, "RFC 9295 3, 9881 5, 9909 6, 9935 5",
         "keys of this kind must be used so"},
        usage_missing},
    Row{{"x509.key-usage-only-both", kError, "RFC 5280 4.2.1.3",
         "encipherOnly and decipherOnly exclude each other"},
        both_only},
    Row{{"x509.key-usage-only", kWarning, "RFC 5280 4.2.1.3",
         "encipherOnly and decipherOnly mean nothing without keyAgreement"},
        only_without_agreement},
    Row{{"x509.key-usage-unknown", kWarning, "RFC 5280 4.2.1.3",
         "a bit is set that has no meaning"},
        unknown_bits},
    Row{{"x509.hash-ml-dsa-ca", kError, "RFC 9881 8.3", "a CA has no key for HashML-DSA"},
        hash_ml_dsa_ca},
    Row{{"x509.draft-key", kError, "FIPS 203, 204 and 205",
         "the key is of an algorithm from before the standard"},
        draft_key},
    Row{{"x509.key-parameters", kError,
         "RFC 3279 2.3.1, 5480 2.1.1, 8410 3, 9881 2, 9909 3, 9935 3",
         "the parameters do not go with the kind of key"},
        parameters},
    Row{{"x509.key-form", kError, "RFC 3279 2.3.1, 5480 2.2, 8410 4, 9881 4, 9909 5, 9935 4",
         "the key is malformed, or has not the length of its kind"},
        key_form},
};

}  // namespace

std::span<const Row> key_rows() { return kRows; }

Usages usages(const View& view) {
  Usages set = 0;
  for (unsigned bit = 0; bit < kUsages.size(); ++bit) {
    if (view.uses(bit)) set |= 1u << bit;
  }
  return set;
}

std::string usage_names(Usages set) {
  std::vector<std::string> names;
  for (unsigned bit = 0; bit < kUsages.size(); ++bit) {
    if ((set >> bit & 1u) != 0) names.emplace_back(kUsages[bit]);
  }
  return join(names, ", ");
}

}  // namespace bulla::x509::lint
