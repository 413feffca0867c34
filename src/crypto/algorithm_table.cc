#include "crypto/algorithm_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "base/try.h"
#include "crypto/oid_name.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

// id-shake256-len (RFC 8419 2.3): SHAKE256 with the output's bits as parameter.
constexpr Oid kShake256Len = Oid::of("2.16.840.1.101.3.4.2.18");

constexpr DigestRow kDigests[] = {
    {Digest::Md5, "md5", "md5", Oid::of("1.2.840.113549.2.5"), 16, Standing::Broken, "MD5"},
    {Digest::Sha1, "sha1", "sha-1", Oid::of("1.3.14.3.2.26"), 20, Standing::Legacy, "SHA1"},
    {Digest::Sha224, "sha224", "sha-224", Oid::of("2.16.840.1.101.3.4.2.4"), 28, Standing::Current,
     "SHA2-224"},
    {Digest::Sha256, "sha256", "sha-256", Oid::of("2.16.840.1.101.3.4.2.1"), 32, Standing::Current,
     "SHA2-256"},
    {Digest::Sha384, "sha384", "sha-384", Oid::of("2.16.840.1.101.3.4.2.2"), 48, Standing::Current,
     "SHA2-384"},
    {Digest::Sha512, "sha512", "sha-512", Oid::of("2.16.840.1.101.3.4.2.3"), 64, Standing::Current,
     "SHA2-512"},
    {Digest::Sha3_224, "sha3-224", "", Oid::of("2.16.840.1.101.3.4.2.7"), 28, Standing::Current,
     "SHA3-224"},
    {Digest::Sha3_256, "sha3-256", "", Oid::of("2.16.840.1.101.3.4.2.8"), 32, Standing::Current,
     "SHA3-256"},
    {Digest::Sha3_384, "sha3-384", "", Oid::of("2.16.840.1.101.3.4.2.9"), 48, Standing::Current,
     "SHA3-384"},
    {Digest::Sha3_512, "sha3-512", "", Oid::of("2.16.840.1.101.3.4.2.10"), 64, Standing::Current,
     "SHA3-512"},
    {Digest::Shake128, "shake128", "shake128", Oid::of("2.16.840.1.101.3.4.2.11"), 32,
     Standing::Current, "SHAKE-128"},
    {Digest::Shake256, "shake256", "shake256", Oid::of("2.16.840.1.101.3.4.2.12"), 64,
     Standing::Current, "SHAKE-256"},
};

// RFC 3565 (ALG-57), RFC 5084 (ALG-58, ALG-62), RFC 8103 (ALG-64), RFC 3370 5 (ALG-54, ALG-55),
// PKCS #7 1.5 (ALG-56), RFC 3657, RFC 4010.
constexpr ContentCipherRow kContentCiphers[] = {
    {ContentCipher::Aes128Cbc, "aes-128-cbc", Oid::of("2.16.840.1.101.3.4.1.2"),
     ParameterForm::OctetStringIv, 16, 16, 16, 0, Standing::Current, Use::Both, Provider::Default,
     "AES-128-CBC"},
    {ContentCipher::Aes192Cbc, "aes-192-cbc", Oid::of("2.16.840.1.101.3.4.1.22"),
     ParameterForm::OctetStringIv, 24, 16, 16, 0, Standing::Current, Use::Both, Provider::Default,
     "AES-192-CBC"},
    {ContentCipher::Aes256Cbc, "aes-256-cbc", Oid::of("2.16.840.1.101.3.4.1.42"),
     ParameterForm::OctetStringIv, 32, 16, 16, 0, Standing::Current, Use::Both, Provider::Default,
     "AES-256-CBC"},
    {ContentCipher::Aes128Gcm, "aes-128-gcm", Oid::of("2.16.840.1.101.3.4.1.6"), ParameterForm::Gcm,
     16, 12, 1, 16, Standing::Current, Use::Both, Provider::Default, "AES-128-GCM"},
    {ContentCipher::Aes192Gcm, "aes-192-gcm", Oid::of("2.16.840.1.101.3.4.1.26"),
     ParameterForm::Gcm, 24, 12, 1, 16, Standing::Current, Use::Both, Provider::Default,
     "AES-192-GCM"},
    {ContentCipher::Aes256Gcm, "aes-256-gcm", Oid::of("2.16.840.1.101.3.4.1.46"),
     ParameterForm::Gcm, 32, 12, 1, 16, Standing::Current, Use::Both, Provider::Default,
     "AES-256-GCM"},
    {ContentCipher::TripleDesCbc, "3des-cbc", Oid::of("1.2.840.113549.3.7"),
     ParameterForm::OctetStringIv, 24, 8, 8, 0, Standing::Legacy, Use::Both, Provider::Default,
     "DES-EDE3-CBC"},
    {ContentCipher::Aes128Ccm, "aes-128-ccm", Oid::of("2.16.840.1.101.3.4.1.7"), ParameterForm::Ccm,
     16, 11, 1, 16, Standing::Current, Use::Both, Provider::Default, "AES-128-CCM"},
    {ContentCipher::Aes192Ccm, "aes-192-ccm", Oid::of("2.16.840.1.101.3.4.1.27"),
     ParameterForm::Ccm, 24, 11, 1, 16, Standing::Current, Use::Both, Provider::Default,
     "AES-192-CCM"},
    {ContentCipher::Aes256Ccm, "aes-256-ccm", Oid::of("2.16.840.1.101.3.4.1.47"),
     ParameterForm::Ccm, 32, 11, 1, 16, Standing::Current, Use::Both, Provider::Default,
     "AES-256-CCM"},
    {ContentCipher::ChaCha20Poly1305, "chacha20-poly1305", Oid::of("1.2.840.113549.1.9.16.3.18"),
     ParameterForm::OctetStringIv, 32, 12, 1, 16, Standing::Current, Use::Both, Provider::Default,
     "ChaCha20-Poly1305"},
    {ContentCipher::Camellia128Cbc, "camellia-128-cbc", Oid::of("1.2.392.200011.61.1.1.1.2"),
     ParameterForm::OctetStringIv, 16, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "CAMELLIA-128-CBC"},
    {ContentCipher::Camellia192Cbc, "camellia-192-cbc", Oid::of("1.2.392.200011.61.1.1.1.3"),
     ParameterForm::OctetStringIv, 24, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "CAMELLIA-192-CBC"},
    {ContentCipher::Camellia256Cbc, "camellia-256-cbc", Oid::of("1.2.392.200011.61.1.1.1.4"),
     ParameterForm::OctetStringIv, 32, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "CAMELLIA-256-CBC"},
    {ContentCipher::SeedCbc, "seed-cbc", Oid::of("1.2.410.200004.1.4"),
     ParameterForm::OctetStringIv, 16, 16, 16, 0, Standing::Current, Use::Read, Provider::Legacy,
     "SEED-CBC"},
    {ContentCipher::Aria128Cbc, "aria-128-cbc", Oid::of("1.2.410.200046.1.1.2"),
     ParameterForm::OctetStringIv, 16, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "ARIA-128-CBC"},
    {ContentCipher::Aria192Cbc, "aria-192-cbc", Oid::of("1.2.410.200046.1.1.7"),
     ParameterForm::OctetStringIv, 24, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "ARIA-192-CBC"},
    {ContentCipher::Aria256Cbc, "aria-256-cbc", Oid::of("1.2.410.200046.1.1.12"),
     ParameterForm::OctetStringIv, 32, 16, 16, 0, Standing::Current, Use::Read, Provider::Default,
     "ARIA-256-CBC"},
    {ContentCipher::DesCbc, "des-cbc", Oid::of("1.3.14.3.2.7"), ParameterForm::OctetStringIv, 8, 8,
     8, 0, Standing::Broken, Use::Read, Provider::Legacy, "DES-CBC"},
    {ContentCipher::Rc2_40Cbc, "rc2-40-cbc", Oid::of("1.2.840.113549.3.2"), ParameterForm::Rc2, 5,
     8, 8, 0, Standing::Broken, Use::Read, Provider::Legacy, "RC2-40-CBC"},
    {ContentCipher::Rc2_64Cbc, "rc2-64-cbc", Oid::of("1.2.840.113549.3.2"), ParameterForm::Rc2, 8,
     8, 8, 0, Standing::Broken, Use::Read, Provider::Legacy, "RC2-64-CBC"},
    {ContentCipher::Rc2_128Cbc, "rc2-128-cbc", Oid::of("1.2.840.113549.3.2"), ParameterForm::Rc2,
     16, 8, 8, 0, Standing::Broken, Use::Read, Provider::Legacy, "RC2-CBC"},
};

// The rows stand in the order of the enumerators, so that row() is an index.
template <typename Row, std::size_t n>
constexpr bool in_order(const Row (&rows)[n], auto key) {
  for (std::size_t i = 0; i < n; ++i) {
    if (static_cast<std::size_t>(rows[i].*key) != i) return false;
  }
  return true;
}
static_assert(in_order(kDigests, &DigestRow::digest));
static_assert(in_order(kContentCiphers, &ContentCipherRow::cipher));

std::size_t written_bits(Digest digest) { return 8 * row(digest).size; }

// GCMParameters ::= SEQUENCE {
//     aes-nonce    OCTET STRING, -- recommended size is 12 octets
//     aes-ICVlen   AES-GCM-ICVlen DEFAULT 12 }
// AES-GCM-ICVlen ::= INTEGER (12 | 13 | 14 | 15 | 16)
//
// CCMParameters ::= SEQUENCE {
//     aes-nonce    OCTET STRING (SIZE(7..13)),
//     aes-ICVlen   AES-CCM-ICVlen DEFAULT 12 }
// AES-CCM-ICVlen ::= INTEGER (4 | 6 | 8 | 10 | 12 | 14 | 16)
void read_aead_parameters(asn1::Reader& in, ParameterForm form, ContentEncryption& encryption) {
  bool is_ccm = form == ParameterForm::Ccm;
  asn1::Reader seq = in.sequence();
  encryption.iv = to_bytes(seq.octet_string());
  encryption.default_tag_size = !is_ccm && !seq.more();
  std::int64_t size = seq.more() ? seq.small_integer() : 12;
  if (size < 12) seq.fail(Rule::EncShortTag, std::to_string(size));
  bool size_fits = size <= 16 && (!is_ccm || size % 2 == 0);
  if (!size_fits || !nonce_fits(form, encryption.iv.size())) seq.fail(Rule::EncBadParameters);
  encryption.tag_size = static_cast<std::size_t>(size);
}

// A tag of 16 octets is not the default and is said (ALG-59).
Bytes write_aead_parameters(const ContentEncryption& encryption) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.octet_string(encryption.iv);
    if (!encryption.default_tag_size && encryption.tag_size != 12) {
      seq.integer(encryption.tag_size);
    }
  });
}

// How rc2ParameterVersion says the effective key bits (RFC 2268 6): by a table below 256.
struct Rc2Version {
  std::int64_t version;
  ContentCipher cipher;
};
constexpr Rc2Version kRc2Versions[] = {
    {160, ContentCipher::Rc2_40Cbc},
    {120, ContentCipher::Rc2_64Cbc},
    {58, ContentCipher::Rc2_128Cbc},
};

// RC2-CBCParameter ::= CHOICE {
//     iv IV,  -- 32 effective key bits: refused (ALG-54)
//     params SEQUENCE { version RC2Version, iv IV } }
void read_rc2_parameters(asn1::Reader& in, ContentEncryption& encryption) {
  asn1::Reader seq = in.sequence();
  std::int64_t version = seq.small_integer();
  encryption.iv = to_bytes(seq.octet_string());
  const auto* found =
      std::find_if(std::begin(kRc2Versions), std::end(kRc2Versions),
                   [version](const Rc2Version& candidate) { return candidate.version == version; });
  if (found == std::end(kRc2Versions)) {
    seq.fail(Rule::EncBadParameters, "RC2 version " + std::to_string(version));
    return;
  }
  encryption.cipher = found->cipher;
  if (encryption.iv.size() != 8) seq.fail(Rule::EncBadParameters);
}

Bytes write_rc2_parameters(const ContentEncryption& encryption) {
  const auto* found = std::find_if(
      std::begin(kRc2Versions), std::end(kRc2Versions),
      [&](const Rc2Version& candidate) { return candidate.cipher == encryption.cipher; });
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(static_cast<std::uint64_t>(found->version));
    seq.octet_string(encryption.iv);
  });
}

void read_cipher_parameters(asn1::Reader& in, const ContentCipherRow& facts,
                            ContentEncryption& encryption) {
  switch (facts.parameters) {
    case ParameterForm::Gcm:
    case ParameterForm::Ccm:
      return read_aead_parameters(in, facts.parameters, encryption);
    case ParameterForm::Rc2:
      return read_rc2_parameters(in, encryption);
    default:
      encryption.iv = to_bytes(in.octet_string());
      encryption.tag_size = facts.tag_size;
      if (encryption.iv.size() != facts.iv_size) in.fail(Rule::EncBadParameters);
  }
}

const ContentCipherRow* find_row(const Oid& oid) {
  for (const ContentCipherRow& candidate : kContentCiphers) {
    if (candidate.oid == oid) return &candidate;
  }
  return nullptr;
}

}  // namespace

std::span<const DigestRow> digest_rows() { return kDigests; }
std::span<const ContentCipherRow> content_cipher_rows() { return kContentCiphers; }

const DigestRow& row(Digest digest) { return kDigests[static_cast<std::size_t>(digest)]; }
const ContentCipherRow& row(ContentCipher cipher) {
  return kContentCiphers[static_cast<std::size_t>(cipher)];
}

bool is_available(Digest digest) { return fetched(digest) != nullptr; }
bool nonce_fits(ParameterForm form, std::size_t size) {
  if (form == ParameterForm::Ccm) return size >= 7 && size <= 13;
  return size > 0 && size <= kMaxNonceBytes;
}

bool is_available(ContentCipher cipher) { return fetched(cipher) != nullptr; }

std::optional<Digest> read_digest(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == kShake256Len) {
    if (algorithm != shake256_len_identifier()) return std::nullopt;
    return Digest::Shake256;
  }
  if (!algorithm.has_no_or_null_parameters()) return std::nullopt;
  for (const DigestRow& candidate : kDigests) {
    if (candidate.oid == algorithm.algorithm) return candidate.digest;
  }
  return std::nullopt;
}

asn1::AlgorithmIdentifier digest_identifier(Digest digest) {
  // RFC 3370 2.2 wants NULL for MD5; for all others the parameters are absent.
  if (digest == Digest::Md5) return {row(digest).oid, kNullParameters};
  return {row(digest).oid, std::nullopt};
}

asn1::AlgorithmIdentifier digest_identifier(const SignatureScheme& scheme) {
  if (scheme.algorithm == SignatureAlgorithm::Ed448) return shake256_len_identifier();
  return digest_identifier(scheme.digest);
}

// id-shake256-len with INTEGER 512 (RFC 8419 2.3).
asn1::AlgorithmIdentifier shake256_len_identifier() {
  return {kShake256Len,
          asn1::encode([](asn1::Writer& out) { out.integer(written_bits(Digest::Shake256)); })};
}

void add_micalg(std::vector<std::string>& tokens, Digest digest) {
  std::string token(row(digest).micalg);
  if (token.empty()) token = "unknown";
  if (std::find(tokens.begin(), tokens.end(), token) == tokens.end()) {
    tokens.push_back(std::move(token));
  }
}

std::optional<Digest> find_micalg(std::string_view token) {
  token = trim(token);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    token = trim(token.substr(1, token.size() - 2));
  }
  std::string text = lower(token);
  if (text.starts_with("rsa-")) text.erase(0, 4);
  return find_digest(text);
}

namespace {

Result<ContentEncryption> read_cipher(const asn1::AlgorithmIdentifier& algorithm) {
  const ContentCipherRow* found = find_row(algorithm.algorithm);
  if (found == nullptr) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
  }
  if (!algorithm.parameters) return failure(Rule::EncBadParameters, 0, "absent");
  ContentEncryption encryption{.cipher = found->cipher, .iv = {}};
  auto done = asn1::decode(*algorithm.parameters, [&](asn1::Reader& in) {
    read_cipher_parameters(in, *found, encryption);
    return true;
  });
  if (done) return encryption;
  bool is_short = done.error().rule == Rule::EncShortTag;
  return failure(is_short ? Rule::EncShortTag : Rule::EncBadParameters, 0, done.error().detail);
}

}  // namespace

// id-alg-cek-hkdf-sha256: the parameters are the AlgorithmIdentifier of the cipher, which
// is the key derivation's info (RFC 9709 2). Derivations do not nest.
Result<ContentEncryption> read_content_encryption(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm != kCekHkdfSha256) return read_cipher(algorithm);
  if (!algorithm.parameters) return failure(Rule::EncBadParameters, 0, "absent");
  auto cipher = asn1::decode(*algorithm.parameters,
                             [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (!cipher) return failure(Rule::EncBadParameters, 0, cipher.error().detail);
  ContentEncryption encryption = TRY(read_cipher(*cipher));
  encryption.derived_from = *algorithm.parameters;
  return encryption;
}

asn1::AlgorithmIdentifier content_encryption_identifier(const ContentEncryption& encryption) {
  if (!encryption.derived_from.empty()) return {kCekHkdfSha256, encryption.derived_from};
  const ContentCipherRow& facts = row(encryption.cipher);
  if (facts.parameters == ParameterForm::Gcm || facts.parameters == ParameterForm::Ccm) {
    return {facts.oid, write_aead_parameters(encryption)};
  }
  CHECK(encryption.iv.size() == facts.iv_size);
  if (facts.parameters == ParameterForm::Rc2) return {facts.oid, write_rc2_parameters(encryption)};
  return {facts.oid, asn1::encode([&](asn1::Writer& out) { out.octet_string(encryption.iv); })};
}

void derive_content_key(ContentEncryption& encryption) {
  CHECK(encryption.derived_from.empty());
  asn1::AlgorithmIdentifier cipher = content_encryption_identifier(encryption);
  encryption.derived_from = asn1::encode([&](asn1::Writer& out) { cipher.write(out); });
}

Result<Secret> content_key(const ContentEncryption& encryption, ByteView key) {
  if (encryption.derived_from.empty()) return Secret(key);
  return derive_hkdf(Digest::Sha256, key, as_bytes("The Cryptographic Message Syntax"),
                     encryption.derived_from, key.size());
}

std::string describe_absence(ContentCipher cipher) {
  std::string text(row(cipher).name);
  if (row(cipher).provider == Provider::Legacy) {
    text += "; it is in OpenSSL's legacy provider (package openssl-provider-legacy)";
  }
  return text;
}

}  // namespace bulla::crypto
