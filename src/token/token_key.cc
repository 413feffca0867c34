#include "token/token_key.h"

#include <array>

#include "base/try.h"
#include "crypto/digest.h"
#include "crypto/outside_key.h"

namespace bulla::token {
namespace {

struct DigestRow {
  Digest digest;
  CK_MECHANISM_TYPE mechanism;
  unsigned long mgf;
};

constexpr std::array kDigests = {
    DigestRow{Digest::Sha1, CKM_SHA_1, CKG_MGF1_SHA1},
    DigestRow{Digest::Sha224, CKM_SHA224, CKG_MGF1_SHA224},
    DigestRow{Digest::Sha256, CKM_SHA256, CKG_MGF1_SHA256},
    DigestRow{Digest::Sha384, CKM_SHA384, CKG_MGF1_SHA384},
    DigestRow{Digest::Sha512, CKM_SHA512, CKG_MGF1_SHA512},
};

const DigestRow* find_row(Digest digest) {
  for (const DigestRow& row : kDigests) {
    if (row.digest == digest) return &row;
  }
  return nullptr;
}

tl::unexpected<Error> unavailable(const Session& session, std::string what) {
  return failure(Rule::CryptoUnavailable, 0, session.name() + ": " + std::move(what));
}

// One signature or decryption. What the token writes is at most `most` octets; one that claims more
// has failed.
using Start = CK_RV (*CK_FUNCTION_LIST::*)(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE);
using Finish = CK_RV (*CK_FUNCTION_LIST::*)(CK_SESSION_HANDLE, unsigned char*, unsigned long,
                                            unsigned char*, unsigned long*);

Answer compute(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
               CK_MECHANISM mechanism, Start start, Finish finish, Bytes input, std::size_t most) {
  Answer answer;
  answer.code = (functions.*start)(session, &mechanism, key);
  answer.is_supported =
      answer.code != CKR_MECHANISM_INVALID && answer.code != CKR_MECHANISM_PARAM_INVALID &&
      answer.code != CKR_ARGUMENTS_BAD && answer.code != CKR_KEY_FUNCTION_NOT_PERMITTED &&
      answer.code != CKR_KEY_TYPE_INCONSISTENT;
  if (answer.code != CKR_OK) return answer;
  Secret output(most);
  CK_ULONG size = output.size();
  answer.code =
      (functions.*finish)(session, input.data(), input.size(), output.mutable_view().data(), &size);
  if (answer.code != CKR_OK) return answer;
  if (size > most) {
    answer.code = CKR_GENERAL_ERROR;
    return answer;
  }
  output.truncate(size);
  answer.data = std::move(output);
  return answer;
}

// Plain ECDH. The secret is an object of the session until it was read.
Answer derive(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
              Bytes peer, std::size_t size) {
  CK_ECDH1_DERIVE_PARAMS parameters{};
  parameters.kdf = CKD_NULL;
  parameters.pPublicData = peer.data();
  parameters.ulPublicDataLen = peer.size();
  CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
  CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_GENERIC_SECRET;
  CK_BBOOL no = CK_FALSE;
  CK_BBOOL yes = CK_TRUE;
  CK_ULONG length = size;
  std::array<CK_ATTRIBUTE, 6> wanted = {CK_ATTRIBUTE{CKA_CLASS, &object_class, sizeof object_class},
                                        CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type},
                                        CK_ATTRIBUTE{CKA_TOKEN, &no, sizeof no},
                                        CK_ATTRIBUTE{CKA_SENSITIVE, &no, sizeof no},
                                        CK_ATTRIBUTE{CKA_EXTRACTABLE, &yes, sizeof yes},
                                        CK_ATTRIBUTE{CKA_VALUE_LEN, &length, sizeof length}};
  Answer answer;
  CK_OBJECT_HANDLE made = 0;
  answer.code =
      functions.C_DeriveKey(session, &mechanism, key, wanted.data(), wanted.size(), &made);
  answer.is_supported =
      answer.code != CKR_MECHANISM_INVALID && answer.code != CKR_KEY_FUNCTION_NOT_PERMITTED;
  if (answer.code != CKR_OK) return answer;
  Secret shared(size);
  CK_ATTRIBUTE value{CKA_VALUE, shared.mutable_view().data(), size};
  answer.code = functions.C_GetAttributeValue(session, made, &value, 1);
  functions.C_DestroyObject(session, made);
  if (answer.code == CKR_OK && value.ulValueLen != size) answer.code = CKR_GENERAL_ERROR;
  if (answer.code == CKR_OK) answer.data = std::move(shared);
  return answer;
}

}  // namespace

TokenKey::TokenKey(std::shared_ptr<const Session> session, CK_OBJECT_HANDLE handle, Bytes spki,
                   crypto::PublicKey public_key)
    : session_(std::move(session)),
      handle_(handle),
      spki_(std::move(spki)),
      public_key_(std::move(public_key)) {}

Result<PrivateKeyPtr> TokenKey::make(std::shared_ptr<const Session> session,
                                     CK_OBJECT_HANDLE handle, Bytes public_key_info) {
  auto public_key = TRY(crypto::PublicKey::parse(public_key_info));
  KeyKind kind = public_key.kind();
  if (kind != KeyKind::Rsa && kind != KeyKind::RsaPss && kind != KeyKind::RsaOaep &&
      kind != KeyKind::Ec) {
    return unavailable(*session, std::string(bulla::name(kind)) + " keys");
  }
  return PrivateKeyPtr(
      new TokenKey(std::move(session), handle, std::move(public_key_info), std::move(public_key)));
}

Result<Bytes> TokenKey::ask_for_signature(const SignatureScheme& scheme, Bytes digest) const {
  CK_RSA_PKCS_PSS_PARAMS pss{};
  CK_MECHANISM_TYPE type = CKM_ECDSA;
  std::size_t most = 2 * octets();
  if (scheme.algorithm == SignatureAlgorithm::RsaPkcs1) {
    type = CKM_RSA_PKCS;
    digest = crypto::digest_info(scheme.digest, digest);
    most = octets();
  } else if (scheme.algorithm == SignatureAlgorithm::RsaPss) {
    const DigestRow* row = find_row(scheme.digest);
    const DigestRow* mgf = find_row(scheme.mgf_digest);
    if (row == nullptr || mgf == nullptr) return unavailable(*session_, describe(scheme));
    type = CKM_RSA_PKCS_PSS;
    pss = {row->mechanism, mgf->mgf, scheme.salt_length};
    most = octets();
  }
  Answer answer = TRY(session_->run([key = handle_, type, pss, digest = std::move(digest), most](
                                        CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    CK_RSA_PKCS_PSS_PARAMS parameters = pss;
    CK_MECHANISM mechanism{type, nullptr, 0};
    if (type == CKM_RSA_PKCS_PSS) mechanism = {type, &parameters, sizeof parameters};
    return compute(functions, session, key, mechanism, &CK_FUNCTION_LIST::C_SignInit,
                   &CK_FUNCTION_LIST::C_Sign, digest, most);
  }));
  if (!answer.is_supported) {
    return unavailable(*session_, describe(scheme) + ": " + code_name(answer.code));
  }
  if (answer.code != CKR_OK) {
    return failure(Rule::CryptoSignFailed, 0, session_->name() + ": " + code_name(answer.code));
  }
  if (scheme.algorithm == SignatureAlgorithm::Ecdsa) {
    return crypto::ecdsa_signature_value(answer.data.view());
  }
  return to_bytes(answer.data.view());
}

// What a token gives is not believed: it may have the key of another certificate, or have made a
// fault (T-118, T-129).
Result<Bytes> TokenKey::sign(const SignatureScheme& scheme, ByteView message) const {
  if (!public_key_.allows(scheme)) {
    return failure(Rule::CryptoSignFailed, 0, "the key is not for " + describe(scheme));
  }
  if (scheme.digest == Digest::Shake128 || scheme.digest == Digest::Shake256) {
    return unavailable(*session_, describe(scheme));
  }
  Bytes digest = TRY(crypto::hash(scheme.digest, message));
  Bytes signature = TRY(ask_for_signature(scheme, digest));
  if (!TRY(public_key_.verify_digest(scheme, digest, signature))) {
    return failure(Rule::CryptoSignFailed, 0, session_->name() + ": the signature does not verify");
  }
  return signature;
}

Result<Answer> TokenKey::decrypt_raw(ByteView block) const {
  return session_->run([key = handle_, input = to_bytes(block), most = octets()](
                           CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    CK_MECHANISM mechanism{CKM_RSA_X_509, nullptr, 0};
    Answer answer = compute(functions, session, key, mechanism, &CK_FUNCTION_LIST::C_DecryptInit,
                            &CK_FUNCTION_LIST::C_Decrypt, input, most);
    if (answer.code != CKR_OK || answer.data.size() == most) return answer;
    // Some leave out zeros in front.
    Secret whole(most);
    ByteView given = answer.data.view();
    std::copy(given.begin(), given.end(),
              whole.mutable_view().end() - static_cast<std::ptrdiff_t>(given.size()));
    answer.data = std::move(whole);
    return answer;
  });
}

Result<Answer> TokenKey::decrypt_oaep(const TransportScheme& scheme, ByteView encrypted_key) const {
  const DigestRow* row = find_row(scheme.digest);
  const DigestRow* mgf = find_row(scheme.mgf_digest);
  if (row == nullptr || mgf == nullptr) return Answer{.is_supported = false};
  return session_->run([key = handle_, input = to_bytes(encrypted_key), most = octets(),
                        hash = row->mechanism, mgf = mgf->mgf, label = to_bytes(scheme.label)](
                           CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    Bytes source = label;
    CK_RSA_PKCS_OAEP_PARAMS parameters{hash, mgf, CKZ_DATA_SPECIFIED,
                                       source.empty() ? nullptr : source.data(), source.size()};
    CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    return compute(functions, session, key, mechanism, &CK_FUNCTION_LIST::C_DecryptInit,
                   &CK_FUNCTION_LIST::C_Decrypt, input, most);
  });
}

// A secret that the private key alone can compute, the same each time: RSADP of a number that
// everybody can make, and that nobody has the encryption of by another way (T-26, KM-05).
Result<Secret> TokenKey::rejection_seed() const {
  std::lock_guard lock(mutex_);
  if (!seed_.empty()) return seed_.clone();
  Bytes block;
  for (std::uint8_t part = 0; block.size() < octets(); ++part) {
    Bytes input = to_bytes(std::string_view("bulla: implicit rejection of a key in a token"));
    input.push_back(part);
    append(input, spki_);
    append(block, TRY(crypto::hash(Digest::Sha256, input)));
  }
  block.resize(octets());
  block[0] = 0;  // below the modulus
  Answer answer = TRY(decrypt_raw(block));
  if (!answer.is_supported) {
    return unavailable(*session_, "CKM_RSA_X_509, for PKCS #1 v1.5: " + code_name(answer.code));
  }
  if (answer.code != CKR_OK) return failure(Rule::EncFailed);
  Bytes digest = TRY(crypto::hash(Digest::Sha256, answer.data.view()));
  seed_ = Secret(ByteView(digest));
  wipe(digest);
  return seed_.clone();
}

// The padding is taken off here and never by the token, but for OAEP, where the token's word is
// heard first: what it refuses with is one failure in any case.
Result<Secret> TokenKey::decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                                     std::size_t size) const {
  bool is_oaep = scheme.algorithm == TransportAlgorithm::RsaOaep;
  bool fits = kind() == KeyKind::Rsa || (kind() == KeyKind::RsaOaep && is_oaep);
  if (!fits || encrypted_key.size() != octets()) return failure(Rule::EncFailed);
  Secret seed;
  if (is_oaep) {
    Answer opened = TRY(decrypt_oaep(scheme, encrypted_key));
    if (opened.is_supported) {
      if (opened.code != CKR_OK || opened.data.size() != size) return failure(Rule::EncFailed);
      return std::move(opened.data);
    }
  } else {
    seed = TRY(rejection_seed());
  }
  Answer block = TRY(decrypt_raw(encrypted_key));
  if (!block.is_supported) return unavailable(*session_, describe(scheme));
  if (block.code != CKR_OK) return failure(Rule::EncFailed);
  return crypto::open_transport(scheme, block.data, seed.view(), encrypted_key, size);
}

Result<Secret> TokenKey::agree(ByteView peer) const {
  Bytes point = TRY(crypto::checked_point(public_key_, peer));
  Answer answer = TRY(session_->run([key = handle_, point = std::move(point), size = octets()](
                                        CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    return derive(functions, session, key, point, size);
  }));
  if (!answer.is_supported) {
    return unavailable(*session_, "CKM_ECDH1_DERIVE: " + code_name(answer.code));
  }
  if (answer.code != CKR_OK) return failure(Rule::EncFailed);
  return std::move(answer.data);
}

}  // namespace bulla::token
