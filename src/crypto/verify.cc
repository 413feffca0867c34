#include "crypto/verify.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/key_algorithm.h"
#include "crypto/shake_pss.h"

namespace bulla::crypto {
namespace {

// Pure mode with an empty context (RFC 8419 2, RFC 9882 2, RFC 9814 3).
Result<bool> verify_pure(EVP_PKEY* key, ByteView message, ByteView signature) {
  ErrorScope scope;
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  require_memory(context.get());
  if (EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, library(), nullptr, key, nullptr) !=
      1) {
    return failure(Rule::CryptoUnavailable);
  }
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

// DigestInfo ::= SEQUENCE {
//     digestAlgorithm AlgorithmIdentifier,
//     digest OCTET STRING }
Bytes digest_info(Digest algorithm, std::optional<Bytes> parameters, ByteView digest) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    asn1::AlgorithmIdentifier{row(algorithm).oid, std::move(parameters)}.write(seq);
    seq.octet_string(digest);
  });
}

// RFC 8017 8.2.2: the whole block is compared, never parsed. libcrypto compares 00 01
// FF..FF 00 in full; what follows must be one of the two expected DigestInfos, with
// NULL or without parameters (ALG-06).
Result<bool> verify_pkcs1(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest,
                          ByteView signature) {
  Parameters parameters;
  parameters.text(OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
  Owned<EVP_PKEY_CTX> context = operation(key);
  if (EVP_PKEY_verify_recover_init_ex(context.get(), parameters.list()) != 1) {
    return failure(Rule::CryptoUnavailable);
  }
  Bytes recovered(signature.size());
  std::size_t size = recovered.size();
  if (EVP_PKEY_verify_recover(context.get(), recovered.data(), &size, signature.data(),
                              signature.size()) != 1) {
    return false;
  }
  ByteView info = ByteView(recovered).first(size);
  return equal(info, digest_info(scheme.digest, kNullParameters, digest)) ||
         equal(info, digest_info(scheme.digest, std::nullopt, digest));
}

}  // namespace

void set_signature_parameters(const SignatureScheme& scheme, Parameters& parameters) {
  if (scheme.algorithm == SignatureAlgorithm::RsaPkcs1) {
    parameters.text(OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_PKCSV15)
        .text(OSSL_SIGNATURE_PARAM_DIGEST, row(scheme.digest).fetch_name);
  } else if (scheme.algorithm == SignatureAlgorithm::RsaPss) {
    parameters.text(OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_PSS)
        .text(OSSL_SIGNATURE_PARAM_DIGEST, row(scheme.digest).fetch_name)
        .text(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, row(scheme.mgf_digest).fetch_name)
        .number(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, static_cast<std::int64_t>(scheme.salt_length));
  }
}

Result<bool> verify_message(EVP_PKEY* key, const SignatureScheme& scheme, ByteView message,
                            ByteView signature) {
  if (is_pure(scheme.algorithm)) return verify_pure(key, message, signature);
  Bytes digest = TRY(hash(scheme.digest, message));
  return verify_digest(key, scheme, digest, signature);
}

Result<bool> verify_digest(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest,
                           ByteView signature) {
  ErrorScope scope;
  if (is_pure(scheme.algorithm) || digest.size() != digest_size(scheme.digest)) return false;
  bool is_rsa = scheme.algorithm == SignatureAlgorithm::RsaPkcs1 ||
                scheme.algorithm == SignatureAlgorithm::RsaPss;
  // An RSA signature has as many octets as the modulus (RFC 8017 8.1.2, 8.2.2).
  if (is_rsa && signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) return false;
  if (scheme.algorithm == SignatureAlgorithm::RsaPkcs1) {
    return verify_pkcs1(key, scheme, digest, signature);
  }
  if (is_shake_pss(scheme)) return verify_shake_pss(key, scheme, digest, signature);
  Parameters parameters;
  set_signature_parameters(scheme, parameters);
  Owned<EVP_PKEY_CTX> context = operation(key);
  if (EVP_PKEY_verify_init_ex(context.get(), parameters.list()) != 1) {
    return failure(Rule::CryptoUnavailable);
  }
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                         digest.size()) == 1;
}

}  // namespace bulla::crypto
