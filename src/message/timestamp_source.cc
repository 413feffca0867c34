#include "base/try.h"
#include "bulla/seal.h"
#include "cms/timestamp_protocol.h"
#include "message/recipe.h"
#include "x509/certificate_key.h"
#include "x509/path_checks.h"

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

}  // namespace

Result<std::shared_ptr<const TimestampSource>> make_timestamp_source(const Identity& identity,
                                                                     Time at) {
  TRY_VOID(check_signing_identity(identity, at));
  const Certificate& certificate = *identity.certificate;
  if (!x509::is_for_timestamps_alone(certificate)) {
    return failure(Rule::CertExtendedKeyUsage, 0,
                   certificate.subject() + ": critical, timeStamping alone");
  }
  auto key = TRY(x509::public_key(certificate));
  cms::Signer signer;
  signer.identity = identity;
  signer.scheme = TRY(cms::choose_scheme(key, std::nullopt, cms::RsaPadding::Pkcs1));
  return std::make_shared<const OwnAuthority>(std::move(signer), at);
}

}  // namespace bulla
