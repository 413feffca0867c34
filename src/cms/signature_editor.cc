#include "cms/signature_editor.h"

#include <algorithm>

#include "base/try.h"

namespace bulla::cms {
namespace {

Bytes encode_header(const SignedHeader& header) {
  std::vector<Bytes> digests;
  for (const auto& algorithm : header.digest_algorithms) digests.push_back(algorithm.encode());
  return asn1::encode([&](asn1::Writer& out) {
    out.integer(static_cast<std::uint64_t>(header.version));
    out.set_of(std::move(digests));
  });
}

Bytes encode_tail(const SignedTail& tail) {
  std::vector<Bytes> certificates;
  for (const Certificate& one : tail.certificates) certificates.push_back(to_bytes(one.der()));
  std::vector<Bytes> signers;
  for (const SignerInfo& signer : tail.signers) {
    signers.push_back(asn1::encode([&](asn1::Writer& out) { signer.write(out); }));
  }
  std::vector<Bytes> revocation = tail.crls;
  revocation.insert(revocation.end(), tail.other_revocation.begin(), tail.other_revocation.end());
  return asn1::encode([&](asn1::Writer& out) {
    if (!certificates.empty()) out.set_of(std::move(certificates), asn1::constructed(0));
    if (!revocation.empty()) out.set_of(std::move(revocation), asn1::constructed(1));
    out.set_of(std::move(signers));
  });
}

}  // namespace

SignatureEditor::SignatureEditor(Edit edit, const Limits& limits, crypto::Output output)
    : edit_(std::move(edit)), output_(std::move(output)), parser_(*this, limits) {}

Result<void> SignatureEditor::content_info(const Oid& content_type) {
  if (content_type == kSignedData) return {};
  return failure(Rule::PolicyAbsent, 0, "the outermost layer is no signature");
}

Result<void> SignatureEditor::signed_data(const SignedHeader& header) {
  framing_.emplace(ContentFraming::Shape{.type = kSignedData,
                                         .header = encode_header(header),
                                         .content_header = asn1::encode([&](asn1::Writer& out) {
                                           out.oid(header.content_type);
                                         }),
                                         .wrap = ContentFraming::Wrap::Explicit},
                   output_);
  return {};
}

Result<void> SignatureEditor::content_end(Presence presence) {
  presence_ = presence;
  return {};
}

// What could not be read could not be written again: then nothing is. A version that does not fit
// is written as it came.
Result<void> SignatureEditor::signed_tail(SignedTail tail) {
  auto lost = std::find_if(tail.findings.begin(), tail.findings.end(),
                           [](const Finding& finding) { return finding.rule != Rule::CmsVersion; });
  if (lost != tail.findings.end()) return failure(lost->rule, 0, lost->detail);
  TRY_VOID(edit_(tail));
  Bytes encoded = encode_tail(tail);
  return presence_ == Presence::Present ? framing_->finish(encoded)
                                        : framing_->finish_without_content(encoded);
}

}  // namespace bulla::cms
