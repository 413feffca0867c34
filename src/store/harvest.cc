#include "store/store.h"

namespace bulla::store {
namespace {

void add_statement(const Verdict& verdict, const Certificate& owner, const SignerVerdict& signer,
                   Import& batch) {
  auto stated = capabilities_of(verdict, owner);
  if (!stated || signer.matched_address.empty()) return;
  batch.statements.push_back({.address = signer.matched_address,
                              .stated = std::move(*stated),
                              .signer = *signer.certificate});
}

void harvest_signer(const Verdict& verdict, const SignerVerdict& signer, Import& batch) {
  const Certificate& own = *signer.certificate;
  batch.certificates.push_back(own);
  for (std::size_t i = 1; i + 1 < signer.path.size(); ++i) {
    batch.certificates.push_back(signer.path[i]);
  }
  if (signer.encryption_certificate && *signer.encryption_certificate != own) {
    batch.certificates.push_back(*signer.encryption_certificate);
  }
  add_statement(verdict, own, signer, batch);
}

}  // namespace

Result<Import> harvest(const Verdict& verdict) {
  Import batch{.certificates = {}, .keys = {}, .statements = {}, .on = Import::On::Harvested};
  for (const Layer& layer : verdict.layers) {
    if (layer.kind != Layer::Kind::Signed || layer.errant) continue;
    for (const SignerVerdict& signer : layer.signers) {
      if (signer.status == Status::Valid && signer.certificate) {
        harvest_signer(verdict, signer, batch);
      }
    }
  }
  if (batch.certificates.empty()) return failure(Rule::StoreUnproven);
  return batch;
}

}  // namespace bulla::store
