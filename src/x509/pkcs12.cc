#include "x509/pkcs12.h"

#include <algorithm>
#include <optional>

#include "asn1/ber.h"
#include "asn1/reader.h"
#include "base/try.h"
#include "x509/pkcs12_mac.h"

namespace bulla::x509 {
namespace {

constexpr Oid kData = Oid::of("1.2.840.113549.1.7.1");
constexpr Oid kEncryptedData = Oid::of("1.2.840.113549.1.7.6");
constexpr Oid kKeyBag = Oid::of("1.2.840.113549.1.12.10.1.1");
constexpr Oid kShroudedKeyBag = Oid::of("1.2.840.113549.1.12.10.1.2");
constexpr Oid kCertBag = Oid::of("1.2.840.113549.1.12.10.1.3");
constexpr Oid kSafeContentsBag = Oid::of("1.2.840.113549.1.12.10.1.6");
constexpr Oid kX509Certificate = Oid::of("1.2.840.113549.1.9.22.1");
constexpr Oid kLocalKeyId = Oid::of("1.2.840.113549.1.9.21");

// A file of a person has a key and a chain; one with all keys of twenty years, some
// hundred bags of a few kilobytes.
constexpr std::size_t kMaxFileBytes = 8u << 20;
constexpr std::size_t kMaxBags = 1'000;
// Each encrypted bag costs a key derivation; programs write two for each key.
constexpr std::size_t kMaxDerivations = 100;
// SafeContents inside each other, which nobody writes.
constexpr std::size_t kMaxDepth = 4;

struct Pfx {
  ByteView authenticated_safe;  // what the MAC is over
  std::optional<MacData> mac;
};

// ContentInfo ::= SEQUENCE {
//     contentType  ContentType,
//     content      [0] EXPLICIT ANY DEFINED BY contentType }
//
// PFX ::= SEQUENCE {
//     version   INTEGER { v3(3) },
//     authSafe  ContentInfo,
//     macData   MacData OPTIONAL }
Pfx read_pfx(asn1::Reader& in) {
  Pfx pfx;
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 3) seq.fail(Rule::KeyUnreadable, "the version is not 3");
  {
    asn1::Reader content_info = seq.sequence();
    if (content_info.oid() != kData) {
      content_info.fail(Rule::KeyUnreadable, "protected by a public key, not a password");
    }
    asn1::Reader content = content_info.enter(asn1::constructed(0));
    pfx.authenticated_safe = content.octet_string();
  }
  if (seq.more()) pfx.mac = MacData::read(seq);
  return pfx;
}

struct Safe {
  Bytes contents;                                       // SafeContents, or
  std::optional<asn1::AlgorithmIdentifier> encryption;  // their ciphertext
};

// [0] IMPLICIT OCTET STRING, which BER may have in pieces.
Bytes read_encrypted_content(asn1::Reader& in) {
  auto pieces = in.optional_enter(asn1::constructed(0));
  if (!pieces) return to_bytes(in.contents(asn1::primitive(0)));
  Bytes joined;
  while (pieces->more()) append(joined, pieces->octet_string());
  return joined;
}

// EncryptedData ::= SEQUENCE {
//     version               CMSVersion,
//     encryptedContentInfo  EncryptedContentInfo,
//     unprotectedAttrs      [1] IMPLICIT UnprotectedAttributes OPTIONAL }
//
// EncryptedContentInfo ::= SEQUENCE {
//     contentType                 ContentType,
//     contentEncryptionAlgorithm  ContentEncryptionAlgorithmIdentifier,
//     encryptedContent            [0] IMPLICIT OCTET STRING OPTIONAL }
Safe read_encrypted_data(asn1::Reader& in) {
  Safe safe;
  asn1::Reader seq = in.sequence();
  seq.small_integer();
  {
    asn1::Reader info = seq.sequence();
    if (info.oid() != kData) info.fail(Rule::KeyUnreadable, "an unknown content");
    safe.encryption = asn1::AlgorithmIdentifier::read(info);
    safe.contents = read_encrypted_content(info);
  }
  seq.skip_rest();
  return safe;
}

// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
std::vector<Safe> read_authenticated_safe(asn1::Reader& in) {
  std::vector<Safe> safes;
  asn1::Reader seq = in.sequence();
  while (seq.more()) {
    asn1::Reader content_info = seq.sequence();
    Oid type = content_info.oid();
    asn1::Reader content = content_info.enter(asn1::constructed(0));
    if (type == kData) {
      safes.push_back({to_bytes(content.octet_string()), std::nullopt});
    } else if (type == kEncryptedData) {
      safes.push_back(read_encrypted_data(content));
    } else {
      content.fail(Rule::KeyUnreadable, "an unknown kind of safe");
    }
  }
  return safes;
}

struct Bag {
  Oid type;
  ByteView value;  // the element inside [0]
  Bytes local_key_id;
};

// PKCS12Attribute ::= SEQUENCE {
//     attrId      OBJECT IDENTIFIER,
//     attrValues  SET OF ANY }
void read_attribute(asn1::Reader& in, Bag& bag) {
  asn1::Reader seq = in.sequence();
  Oid type = seq.oid();
  asn1::Reader values = seq.set();
  if (type == kLocalKeyId && values.next_is(asn1::Tag::OctetString)) {
    bag.local_key_id = to_bytes(values.octet_string());
  }
  values.skip_rest();
}

// SafeBag ::= SEQUENCE {
//     bagId          OBJECT IDENTIFIER,
//     bagValue       [0] EXPLICIT ANY DEFINED BY bagId,
//     bagAttributes  SET OF PKCS12Attribute OPTIONAL }
Bag read_bag(asn1::Reader& in) {
  Bag bag;
  asn1::Reader seq = in.sequence();
  bag.type = seq.oid();
  {
    asn1::Reader value = seq.enter(asn1::constructed(0));
    bag.value = value.element();
  }
  if (auto attributes = seq.optional_enter(asn1::Tag::Set)) {
    while (attributes->more()) read_attribute(*attributes, bag);
  }
  return bag;
}

// SafeContents ::= SEQUENCE OF SafeBag
std::vector<Bag> read_safe_contents(asn1::Reader& in) {
  std::vector<Bag> bags;
  asn1::Reader seq = in.sequence();
  while (seq.more()) bags.push_back(read_bag(seq));
  return bags;
}

// CertBag ::= SEQUENCE {
//     certId     OBJECT IDENTIFIER,
//     certValue  [0] EXPLICIT ANY DEFINED BY certId }
//
// x509Certificate is an OCTET STRING of the DER. Nothing for another kind.
std::optional<Bytes> read_cert_bag(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Oid type = seq.oid();
  asn1::Reader value = seq.enter(asn1::constructed(0));
  if (type == kX509Certificate) return to_bytes(value.octet_string());
  value.skip_rest();
  return std::nullopt;
}

struct Encrypted {
  asn1::AlgorithmIdentifier algorithm;
  ByteView data;
};

// EncryptedPrivateKeyInfo ::= SEQUENCE {
//     encryptionAlgorithm  EncryptionAlgorithmIdentifier,
//     encryptedData        OCTET STRING } (RFC 5958 3)
Encrypted read_encrypted_key(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {asn1::AlgorithmIdentifier::read(seq), seq.octet_string()};
}

// What is inside an OCTET STRING that holds another: Mozilla wrapped its contents
// twice (t6752-ov-user-ff.p12).
ByteView unwrap(ByteView contents) {
  auto inner = asn1::decode(contents, [](asn1::Reader& in) { return in.octet_string(); });
  return inner ? *inner : contents;
}

struct LoadedKey {
  PrivateKeyPtr key;
  Secret private_key_info;
  Bytes local_key_id;
};

struct LoadedCertificate {
  Certificate certificate;
  Bytes local_key_id;
  bool taken = false;
};

// Opens bags and keeps what is in them.
class Opener {
 public:
  Opener(ByteView passphrase, PasswordForm form, const Limits& limits)
      : passphrase_(passphrase), form_(form), limits_(limits) {}

  Result<void> open_safe(const Safe& safe) {
    if (!safe.encryption) return open_contents(unwrap(safe.contents), 1);
    Secret clear = TRY(decrypt(*safe.encryption, safe.contents));
    return open_contents(unwrap(clear.view()), 1);
  }

  Pkcs12 finish() {
    Pkcs12 result;
    for (LoadedKey& key : keys_) {
      Identity identity{std::move(key.key), std::nullopt, {}};
      if (auto* own = find_certificate(identity, key.local_key_id)) {
        own->taken = true;
        identity.certificate = own->certificate;
      }
      result.identities.push_back(std::move(identity));
      result.private_key_infos.push_back(std::move(key.private_key_info));
    }
    for (const LoadedCertificate& loaded : certificates_) {
      if (!loaded.taken) result.certificates.push_back(loaded.certificate);
    }
    for (Identity& identity : result.identities) identity.chain = result.certificates;
    return result;
  }

 private:
  Result<Secret> decrypt(const asn1::AlgorithmIdentifier& algorithm, ByteView ciphertext) {
    if (++derivations_ > kMaxDerivations) {
      return failure(Rule::LimitIterations, 0, "too many encrypted bags");
    }
    return decrypt_bag(algorithm, ciphertext, passphrase_, form_, limits_);
  }

  Result<void> open_contents(ByteView contents, std::size_t depth) {
    if (depth > kMaxDepth) return failure(Rule::LimitDepth);
    Bytes der = TRY(asn1::to_der(contents, limits_));
    auto opened = open_bags(der, depth);
    wipe(der);
    return opened;
  }

  Result<void> open_bags(ByteView safe_contents, std::size_t depth) {
    for (const Bag& bag : TRY(asn1::decode(safe_contents, &read_safe_contents, limits_))) {
      if (++bags_ > kMaxBags) return failure(Rule::LimitElements, 0, "bags");
      TRY_VOID(open_bag(bag, depth));
    }
    return {};
  }

  Result<void> open_bag(const Bag& bag, std::size_t depth) {
    if (bag.type == kCertBag) return open_cert_bag(bag);
    if (bag.type == kKeyBag) return keep_key(bag.value, bag);
    if (bag.type == kSafeContentsBag) return open_contents(bag.value, depth + 1);
    // Lists and secrets are of no use here.
    if (bag.type != kShroudedKeyBag) return {};
    Encrypted key = TRY(asn1::decode(bag.value, &read_encrypted_key, limits_));
    Secret clear = TRY(decrypt(key.algorithm, key.data));
    return keep_key(clear.view(), bag);
  }

  Result<void> open_cert_bag(const Bag& bag) {
    auto der = TRY(asn1::decode(bag.value, &read_cert_bag, limits_));
    if (!der) return {};
    Certificate certificate = TRY(Certificate::parse(std::move(*der), limits_));
    certificates_.push_back({std::move(certificate), bag.local_key_id, false});
    return {};
  }

  Result<void> keep_key(ByteView private_key_info, const Bag& bag) {
    PrivateKeyPtr key = TRY(load_private_key(private_key_info));
    keys_.push_back({std::move(key), Secret(private_key_info), bag.local_key_id});
    return {};
  }

  // The certificate with the key's public half; the localKeyId is a hint alone, and
  // decides where a key has several.
  LoadedCertificate* find_certificate(const Identity& identity, const Bytes& local_key_id) {
    Bytes spki = identity.key->subject_public_key_info();
    LoadedCertificate* found = nullptr;
    for (LoadedCertificate& loaded : certificates_) {
      if (loaded.taken || !equal(loaded.certificate.subject_public_key_info(), spki)) continue;
      bool hinted = !local_key_id.empty() && loaded.local_key_id == local_key_id;
      if (found == nullptr || hinted) found = &loaded;
      if (hinted) break;
    }
    return found;
  }

  ByteView passphrase_;
  PasswordForm form_;
  const Limits& limits_;
  std::size_t bags_ = 0;
  std::size_t derivations_ = 0;
  std::vector<LoadedKey> keys_;
  std::vector<LoadedCertificate> certificates_;
};

Result<PasswordForm> find_password_form(const Pfx& pfx, ByteView passphrase, const Limits& limits) {
  if (!pfx.mac) return failure(Rule::KeyUnreadable, 0, "the PKCS #12 file has no MAC");
  if (TRY(check_mac(*pfx.mac, pfx.authenticated_safe, passphrase, PasswordForm::Text, limits))) {
    return PasswordForm::Text;
  }
  bool absent = passphrase.empty() && TRY(check_mac(*pfx.mac, pfx.authenticated_safe, passphrase,
                                                    PasswordForm::Absent, limits));
  if (absent) return PasswordForm::Absent;
  return failure(passphrase.empty() ? Rule::KeyPassphraseNeeded : Rule::KeyBadPassphrase);
}

}  // namespace

bool is_pkcs12(ByteView file) {
  if (file.size() < 2 || file[0] != 0x30) return false;
  std::size_t header = file[1] > 0x80 ? 2u + (file[1] & 0x7fu) : 2u;
  constexpr std::uint8_t kVersion[] = {0x02, 0x01, 0x03, 0x30};
  return header < file.size() && file.size() - header >= std::size(kVersion) &&
         std::equal(std::begin(kVersion), std::end(kVersion),
                    file.begin() + static_cast<std::ptrdiff_t>(header));
}

Result<Pkcs12> load_pkcs12(ByteView file, ByteView passphrase, const Limits& limits) {
  if (file.size() > kMaxFileBytes) return failure(Rule::LimitSize);
  Bytes der = TRY(asn1::to_der(file, limits));
  Pfx pfx = TRY(asn1::decode(der, &read_pfx, limits));
  PasswordForm form = TRY(find_password_form(pfx, passphrase, limits));
  Bytes safe_der = TRY(asn1::to_der(unwrap(pfx.authenticated_safe), limits));
  Opener opener(passphrase, form, limits);
  for (const Safe& safe : TRY(asn1::decode(safe_der, &read_authenticated_safe, limits))) {
    TRY_VOID(opener.open_safe(safe));
  }
  return opener.finish();
}

}  // namespace bulla::x509
