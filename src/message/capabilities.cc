#include "bulla/capabilities.h"

#include <algorithm>

#include "bulla/verdict.h"
#include "cms/capabilities.h"
#include "x509/address_match.h"

namespace bulla {
namespace {

// The one whom a signer names must be the signer: whoever signs could name any certificate.
bool share_an_address(const Certificate& one, const Certificate& other) {
  const auto& addresses = one.addresses();
  return std::any_of(addresses.begin(), addresses.end(), [&](const CertificateAddress& address) {
    return x509::match_address(other, address.address, x509::LocalPart::Exact).has_value();
  });
}

// Whether what this signer states is about the owner of the certificate (RFC 8551 2.5.3.1):
// it is the signer's, or the one with the signer's address that the signer prefers, or one of the
// same key or the same owner from the same issuer.
bool speaks_for(const SignerVerdict& signer, const Certificate& certificate) {
  if (!signer.certificate) return false;
  const Certificate& own = *signer.certificate;
  if (own == certificate) return true;
  bool is_preferred = signer.encryption_certificate == certificate;
  if (is_preferred && share_an_address(own, certificate)) return true;
  if (equal(own.subject_public_key_info(), certificate.subject_public_key_info())) return true;
  return !own.subject_der().empty() && equal(own.subject_der(), certificate.subject_der()) &&
         equal(own.issuer_der(), certificate.issuer_der());
}

bool states_something(const Capabilities& capabilities) {
  auto list = cms::decode_capabilities(capabilities.der);
  return list && !list->empty();
}

bool is_from_the_future(const Verdict& verdict) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [](const Finding& one) { return one.rule == Rule::SigTimeFuture; });
}

// The cipher around the signed layer with this index, if there is one.
std::optional<ContentCipher> cipher_around(const Verdict& verdict, std::size_t index) {
  std::optional<ContentCipher> cipher;
  for (std::size_t i = 0; i < index; ++i) {
    const Layer& layer = verdict.layers[i];
    if (encrypts(layer.kind) && !layer.errant) cipher = find_content_cipher(layer.algorithm);
  }
  return cipher;
}

}  // namespace

std::optional<Capabilities> capabilities_of(const Certificate& certificate) {
  const CertificateExtension* extension = certificate.extension(cms::kSmimeCapabilities);
  if (extension == nullptr || !cms::decode_capabilities(extension->value)) return std::nullopt;
  return Capabilities{.der = to_bytes(extension->value),
                      .source = Capabilities::Source::Certificate,
                      .stated_at = certificate.not_before(),
                      .last_cipher = {}};
}

std::optional<Capabilities> capabilities_of(const Verdict& verdict,
                                            const Certificate& certificate) {
  std::optional<Capabilities> newest;
  if (is_from_the_future(verdict)) return newest;
  for (std::size_t i = 0; i < verdict.layers.size(); ++i) {
    const Layer& layer = verdict.layers[i];
    if (layer.errant) continue;
    for (const SignerVerdict& signer : layer.signers) {
      bool counts = signer.status == Status::Valid && signer.statement.has_value() &&
                    speaks_for(signer, certificate);
      if (!counts) continue;
      Capabilities stated = *signer.statement;
      stated.last_cipher = cipher_around(verdict, i);
      if (!newest || supersedes(stated, *newest)) newest = std::move(stated);
    }
  }
  return newest;
}

bool supersedes(const Capabilities& candidate, const Capabilities& known) {
  bool states = states_something(candidate);
  if (states != states_something(known)) return states;
  if (candidate.source != known.source) {
    return candidate.source == Capabilities::Source::SignedMail;
  }
  if (!candidate.stated_at) return false;
  return !known.stated_at || *candidate.stated_at > *known.stated_at;
}

}  // namespace bulla
