// The judge: from what the stages wrote down to a verdict.
//
// For each signer: the mathematics (cms::check_signer), the policy, the certificate
// path, the address. For the message: which signers count, whether what was required is
// there, and what the protected header says. The rules are in docs/findings.md; how they
// combine stands here.
#pragma once

#include "message/attestation.h"
#include "message/header_protection.h"
#include "message/opening.h"
#include "x509/online.h"

namespace bulla {

class Judge {
 public:
  explicit Judge(const Opening& opening);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // Digests that signers use and nobody computed, by record; empty if all are there.
  std::vector<std::optional<Digest>> missing_digests();

  Verdict judge();

 private:
  struct SignerResult {
    const LayerRecord* record = nullptr;
    SignerVerdict verdict;
    Findings findings;
    std::optional<Digest> missing_digest;
    std::vector<bool> senders;  // Sender::from that the certificate has the address of
    bool claims_from = false;   // one of them at least
    // Stands in the open beside a ciphertext: whoever made it need not know what is in it.
    bool in_the_open = false;
    bool is_foreign = false;  // another signer claims From; this one only adds
  };
  struct Sender {
    std::vector<std::string> from;  // addr-specs
    std::string sender;
    bool has_header = false;
    bool is_ambiguous = false;
    std::string problem;
  };

  void check_signers();
  SignerResult check_signer(const LayerRecord& record, std::size_t index);
  SignerResult check_signer(const LayerRecord& record, const cms::SignerInfo& signer);
  void check_path(const LayerRecord& record, SignerResult& result);
  x509::PathResult find_path(const Certificate& certificate, const x509::Carried& carried,
                             x509::Purpose purpose, Time at) const;
  void apply_policy(Findings& findings) const;
  void check_rules(const cms::SignerCheck& check, Findings& findings) const;
  void check_time(const cms::SignedStatements& statements, SignerResult& result) const;

  Sender find_sender() const;
  Headers read_header_sets(const PayloadProtection& protection) const;
  void check_addresses(const Sender& sender);
  void match_signer(const Sender& sender, SignerResult& result);
  void judge_from(const Sender& sender);
  void judge_coverage(const Sender& sender, std::size_t index);
  bool is_outside(const LayerRecord& outer, const LayerRecord& inner) const;
  const LayerRecord* innermost_encryption() const;
  bool is_author_known(const LayerRecord& encryption) const;
  void judge_headers();
  void judge_layers();
  void judge_encryption();
  void judge_requirement();
  void collect_signers();
  void conclude();

  bool in_envelope(const LayerRecord& record) const { return !record.layer.errant; }
  std::string place(const LayerRecord& record) const;
  bool has_valid_signer() const;

  const Opening& opening_;
  const OpenOptions& options_;
  std::unique_ptr<x509::Online> online_;  // null: nothing is fetched
  AttestationReader attestations_;
  std::vector<SignerResult> signers_;
  std::size_t senders_ = 0;  // how many addresses From has, where signers are compared with it
  Verdict verdict_;
  bool checked_ = false;
};

}  // namespace bulla
