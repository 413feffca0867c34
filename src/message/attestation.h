// What others say of a signature: countersignatures (RFC 5652 11.4) and timestamps (RFC 3161).
//
// They stand in unsigned attributes, where anybody can add, take away and spoil them: they
// can add to what is known of a signature, and never make it bad.
#pragma once

#include <functional>

#include "cms/timestamp.h"
#include "message/opening.h"
#include "x509/path_finder.h"

namespace bulla {

class AttestationReader {
 public:
  // How a certificate is judged: its path, for a purpose.
  using FindPath = std::function<x509::PathResult(
      const Certificate& certificate, const x509::Carried& carried, x509::Purpose purpose)>;
  // How old forms among the findings are judged, as for signers.
  using Soften = std::function<void(Findings& findings)>;

  // What a profile does not allow of a signature, as for signers.
  using ApplyRules = std::function<void(const cms::SignerCheck& check, Findings& findings)>;

  // What is referred to must outlive the reader. One reader a message: it counts (T-60).
  AttestationReader(const OpenOptions& options, FindPath find_path, Soften soften,
                    ApplyRules apply_rules)
      : options_(options),
        find_path_(std::move(find_path)),
        soften_(std::move(soften)),
        apply_rules_(std::move(apply_rules)) {}

  // Adds the countersigners and the timestamps of `signer` to its verdict, and what is wrong
  // with them to `findings`. The earliest time that somebody trusted has proven, if any.
  std::optional<Time> read(const cms::SignerInfo& signer, const cms::SignedTail& tail,
                           SignerVerdict& verdict, Findings& findings);

 private:
  void read_countersigners(const cms::SignerInfo& signer, const cms::SignedTail& tail,
                           std::size_t depth, SignerVerdict& verdict, Findings& findings);
  SignerVerdict judge_countersigner(const cms::SignerInfo& countersigner, ByteView signature,
                                    const cms::SignedTail& tail, Findings& reasons);
  TimestampVerdict judge_timestamp(ByteView der, ByteView signature, const cms::SignedTail& tail,
                                   Findings& findings);
  void check_imprint(const cms::TimestampToken& token, Findings& reasons);
  bool take();

  const OpenOptions& options_;
  FindPath find_path_;
  Soften soften_;
  ApplyRules apply_rules_;
  std::size_t taken_ = 0;
};

// What `sid` names among the certificates of a message and at hand: the message may bring any
// certificates in any order, or none (CMS-34).
std::vector<Certificate> signer_candidates(const std::vector<Certificate>& carried,
                                           const cms::EntityIdentifier& sid,
                                           const CertSource* source);

}  // namespace bulla
