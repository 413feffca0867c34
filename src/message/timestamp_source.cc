#include "base/try.h"
#include "bulla/seal.h"
#include "cms/timestamp_protocol.h"
#include "x509/certificate_key.h"
#include "x509/extensions.h"

namespace bulla {
namespace {

// An authority in this process.
class OwnAuthority final : public TimestampSource {
 public:
  OwnAuthority(cms::Signer signer, Time time) : signer_(std::move(signer)), time_(time) {}

  Result<Bytes> stamp(ByteView request) const override {
    return cms::answer_timestamp_request(request, signer_, time_);
  }

 private:
  cms::Signer signer_;
  Time time_;
};

bool is_for_timestamps(const Certificate& certificate) {
  const auto& purposes = certificate.extended_key_usage();
  return purposes && purposes->size() == 1 && purposes->front() == x509::kTimeStamping;
}

}  // namespace

Result<std::shared_ptr<const TimestampSource>> make_timestamp_source(const Identity& identity,
                                                                     Time at) {
  if (!identity.certificate) return failure(Rule::KeyNoCertificate);
  const Certificate& certificate = *identity.certificate;
  if (identity.key == nullptr) return failure(Rule::KeyNoPrivateKey, 0, certificate.subject());
  if (!is_for_timestamps(certificate)) {
    return failure(Rule::CertExtendedKeyUsage, 0, certificate.subject() + ": timeStamping alone");
  }
  if (at > certificate.not_after()) return failure(Rule::CertExpired, 0, certificate.subject());
  auto key = TRY(x509::public_key(certificate));
  cms::Signer signer;
  signer.identity = identity;
  signer.scheme = TRY(cms::choose_scheme(key, std::nullopt, cms::RsaPadding::Pkcs1));
  return std::make_shared<const OwnAuthority>(std::move(signer), at);
}

}  // namespace bulla
