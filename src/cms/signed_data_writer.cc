#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/try.h"
#include "bulla/limits.h"
#include "cms/content_framing.h"
#include "cms/countersignature.h"
#include "cms/signer_builder.h"
#include "cms/verify.h"
#include "cms/writer.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

// A root that the recipient has, or must not take from us. A certificate that another
// key of the same CA signed is self-issued as well, and needed (RFC 5280 3.2).
bool is_root(const Certificate& certificate) {
  if (!certificate.is_self_issued()) return false;
  auto authority = certificate.authority_key_identifier();
  auto subject = certificate.subject_key_identifier();
  return !authority || !subject || equal(*authority, *subject);
}

// The signer's, and its issuers up to the root and without it (CERT-49).
void add_certificates(std::vector<Bytes>& list, const Signer& signer, SignOptions::Chain chain) {
  if (chain == SignOptions::Chain::None) return;
  list.push_back(to_bytes(signer.identity.certificate->der()));
  if (signer.encryption_certificate) {  // ATTR-40
    list.push_back(to_bytes(signer.encryption_certificate->der()));
  }
  if (chain == SignOptions::Chain::SignerOnly) return;
  for (const Certificate& issuer : signer.identity.chain) {
    if (!is_root(issuer)) list.push_back(to_bytes(issuer.der()));
  }
}

std::vector<Bytes> without_duplicates(std::vector<Bytes> list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

// X.509 certificates alone: neither those of PKCS #6 nor attribute certificates (CMS-36).
std::vector<Bytes> certificates(const SignOptions& options) {
  std::vector<Bytes> list;
  for (const Signer& signer : options.signers) add_certificates(list, signer, options.chain);
  for (const Certificate& more : options.certificates) list.push_back(to_bytes(more.der()));
  return without_duplicates(std::move(list));
}

// Without other certificate and CRL kinds, 3 for a signer named by key identifier or for
// content that is not id-data, else 1 (CMS-08).
std::uint64_t version(const SignOptions& options) {
  bool has_version_3 =
      std::any_of(options.signers.begin(), options.signers.end(),
                  [](const Signer& signer) { return !signer_name(signer).key_identifier.empty(); });
  return has_version_3 || options.content_type != kData ? 3 : 1;
}

// SignedData ::= SEQUENCE {
//     version           CMSVersion,
//     digestAlgorithms  SET OF DigestAlgorithmIdentifier,
Bytes encode_header(const SignOptions& options) {
  std::vector<Bytes> digests;
  // Those of EdDSA too, which hashes the content for its attributes (ALG-31).
  for (const Signer& signer : options.signers) {
    digests.push_back(crypto::digest_identifier(signer.scheme).encode());
  }
  return asn1::encode([&](asn1::Writer& out) {
    out.integer(version(options));
    out.set_of(without_duplicates(std::move(digests)));
  });
}

//     encapContentInfo  EncapsulatedContentInfo,
//     certificates      [0] IMPLICIT CertificateSet OPTIONAL,
//     crls              [1] IMPLICIT RevocationInfoChoices OPTIONAL,
//     signerInfos       SET OF SignerInfo }
Bytes encode_tail(const SignOptions& options, const std::vector<SignerInfo>& signers) {
  std::vector<Bytes> infos;
  for (const SignerInfo& signer : signers) {
    infos.push_back(asn1::encode([&](asn1::Writer& out) { signer.write(out); }));
  }
  return asn1::encode([&](asn1::Writer& out) {
    std::vector<Bytes> certificate_set = certificates(options);
    if (!certificate_set.empty()) out.set_of(std::move(certificate_set), asn1::constructed(0));
    if (!options.crls.empty()) {
      out.set_of(without_duplicates(options.crls), asn1::constructed(1));
    }
    out.set_of(std::move(infos));
  });
}

Result<DigestSet> make_digests(const SignOptions& options) {
  DigestSet digests;
  for (const Signer& signer : options.signers) {
    TRY_VOID(digests.add(signer.scheme.digest, options.limits));
  }
  return digests;
}

// Nothing that our own reader would refuse is written.
Result<void> check_input(const SignOptions& options) {
  if (options.signers.size() > options.limits.signers) return failure(Rule::LimitSigners);
  if (certificates(options).size() > options.limits.certificates) {
    return failure(Rule::LimitCertificates);
  }
  if (options.crls.size() > options.limits.crls) return failure(Rule::LimitCrls);
  for (const Signer& signer : options.signers) TRY_VOID(check_signer_input(signer));
  for (const Bytes& crl : options.crls) {
    bool is_sequence = !crl.empty() && crl[0] == static_cast<std::uint8_t>(asn1::Tag::Sequence);
    if (!is_sequence || !asn1::is_single_element(crl)) return failure(Rule::CmsBadCrl);
  }
  return {};
}

// The digests as a Sink, which may be fed on another thread.
class Feed final : public Sink {
 public:
  explicit Feed(DigestSet& digests) : digests_(digests) {}
  Result<void> write(ByteView bytes) override {
    digests_.update(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }

 private:
  DigestSet& digests_;
};

class SignedDataWriter final : public Writer {
 public:
  SignedDataWriter(SignOptions options, DigestSet digests, crypto::Output output)
      : options_(std::move(options)),
        digests_(std::move(digests)),
        framing_({.type = kSignedData,
                  .header = encode_header(options_),
                  .content_header =
                      asn1::encode([this](asn1::Writer& out) { out.oid(options_.content_type); }),
                  .wrap = ContentFraming::Wrap::Explicit},
                 std::move(output)),
        handover_(options_.workers == nullptr ? nullptr : options_.workers->hand_over(feed_)) {}

  Result<void> write(ByteView content) override {
    TRY_VOID(handover_ ? handover_->write(content) : feed_.write(content));
    if (options_.form == ContentForm::Detached) return {};  // no eContent (CMS-13)
    return framing_.write(content);
  }

  Result<void> finish() override {
    if (handover_) TRY_VOID(handover_->settle());
    std::map<Digest, Bytes> digests = digests_.finish();
    std::vector<SignerInfo> signers;
    for (const Signer& signer : options_.signers) {
      signers.push_back(
          TRY(make_signer_info(signer, options_.content_type, digests.at(signer.scheme.digest))));
      if (!options_.stamp) continue;
      Bytes token = TRY(options_.stamp(signers.back().signature));
      add_unsigned_value(signers.back(), kTimeStampToken, std::move(token));
    }
    Bytes tail = encode_tail(options_, signers);
    if (options_.form == ContentForm::Detached) return framing_.finish_without_content(tail);
    return framing_.finish(tail);
  }

 private:
  SignOptions options_;
  DigestSet digests_;
  Feed feed_{digests_};
  ContentFraming framing_;
  std::unique_ptr<Handover> handover_;  // ends before what it feeds
};

}  // namespace

Result<std::unique_ptr<Writer>> make_signed_data_writer(SignOptions options,
                                                        crypto::Output output) {
  CHECK(!options.signers.empty() || options.form == ContentForm::Detached);
  TRY_VOID(check_input(options));
  DigestSet digests = TRY(make_digests(options));
  return std::make_unique<SignedDataWriter>(std::move(options), std::move(digests),
                                            std::move(output));
}

}  // namespace bulla::cms
