#include "message/cms_stage.h"

#include <algorithm>

#include "base/try.h"
#include "crypto/oid_name.h"
#include "message/read_all.h"
#include "message/recipient_verdicts.h"
#include "message/rules.h"
#include "message/session.h"

namespace bulla {
namespace {

std::string algorithm_name(const asn1::AlgorithmIdentifier& algorithm) {
  if (auto digest = crypto::read_digest(algorithm)) return std::string(name(*digest));
  return crypto::oid_name(algorithm.algorithm);
}

std::string algorithm_names(const std::vector<asn1::AlgorithmIdentifier>& algorithms) {
  std::string names;
  for (const auto& algorithm : algorithms) {
    names += (names.empty() ? "" : ", ") + algorithm_name(algorithm);
  }
  return names;
}

x509::CertificateCache* known_certificates(const Opening& opening) {
  const Session* session = opening.options.session;
  return session == nullptr ? nullptr : &session->inner().certificates;
}

}  // namespace

CmsStage::CmsStage(Opening& opening, Options options)
    : opening_(opening),
      options_(std::move(options)),
      parser_(*this, opening.options.limits, options_.offset, known_certificates(opening)) {}

CmsStage::~CmsStage() = default;

Result<void> CmsStage::write(ByteView bytes) {
  if (use_ == Use::Leave) return {};
  return parser_.push(bytes);
}

Result<void> CmsStage::finish() {
  if (use_ == Use::Leave) return {};
  return parser_.finish();
}

Result<void> CmsStage::content_info(const Oid& content_type) {
  if (options_.decide) use_ = options_.decide(content_type);
  if (cms::needs_key(content_type) && opening_.options.keys == nullptr) use_ = Use::Observe;
  if (options_.detached && content_type != cms::kSignedData) {
    return failure(Rule::CmsContentType, options_.offset, "a signature was expected");
  }
  return {};
}

LayerRecord& CmsStage::add_record(Layer::Kind kind, const Oid& content_type) {
  bool errant = options_.scope == Scope::Errant;
  record_ = &opening_.add_layer(kind, options_.form, options_.place, errant);
  number_ = opening_.records.size();
  record_->layer.content_type = cms::describe_content_type(content_type);
  return *record_;
}

// The digests that the message announces, before its content comes.
void CmsStage::begin_hashing(LayerRecord& record,
                             const std::vector<asn1::AlgorithmIdentifier>& announced) {
  record.hasher = std::make_unique<ContentHasher>(ContentHasher::LineEnds::AsReceived,
                                                  opening_.options.workers);
  for (const auto& algorithm : announced) {
    auto digest = crypto::read_digest(algorithm);
    if (digest) record.hasher->add(*digest, opening_.options.limits);
  }
  opening_.add_hint(record);
}

Result<void> CmsStage::signed_data(const cms::SignedHeader& header) {
  if (use_ == Use::Leave) return {};
  if (options_.detached) {
    record_ = options_.detached;
  } else {
    begin_hashing(add_record(Layer::Kind::Signed, header.content_type), header.digest_algorithms);
    if (use_ == Use::Peel) {
      inner_ = make_inner_stage(opening_, options_.place, options_.origin);
    }
  }
  record_->header = header;
  record_->layer.content_type = cms::describe_content_type(header.content_type);
  record_->layer.algorithm = algorithm_names(header.digest_algorithms);
  return {};
}

Result<void> CmsStage::enveloped_data(cms::EnvelopedHeader header) {
  if (use_ == Use::Leave) return {};
  auto kind = header.has_shared_key  ? Layer::Kind::Encrypted
              : header.authenticated ? Layer::Kind::AuthEnveloped
                                     : Layer::Kind::Enveloped;
  add_record(kind, header.content_type);
  record_->layer.certificates = header.originator_certificates;
  envelope_ = std::move(header);
  note_unknown_recipients();
  auto encryption = cms::check_content_encryption(envelope_, old_forms());
  record_->layer.algorithm =
      encryption ? std::string(name(encryption->cipher))
                 : crypto::oid_name(envelope_.content_encryption_algorithm.algorithm);
  if (use_ == Use::Observe) {
    record_->layer.recipients = recipient_verdicts(envelope_.recipients, std::nullopt);
    return {};
  }
  encryption_ = TRY(std::move(encryption));
  return open_envelope();
}

// Kinds that RFC 5652 leaves open: another recipient may open the message.
void CmsStage::note_unknown_recipients() {
  for (const cms::RecipientInfo& recipient : envelope_.recipients) {
    const auto* other = std::get_if<cms::OtherRecipientInfo>(&recipient);
    if (other == nullptr) continue;
    opening_.add(Rule::CmsUnknownRecipientInfo, place(), other->type.to_string());
  }
}

cms::OldForms CmsStage::old_forms() const {
  bool reads = opening_.options.policy.old_forms == Policy::Old::Read;
  return reads ? cms::OldForms::Read : cms::OldForms::Refuse;
}

// A broken cipher is refused before any key is used, but for whoever asks for old mail.
Result<void> CmsStage::check_cipher() {
  crypto::Standing standing = crypto::row(encryption_->cipher).standing;
  if (standing == crypto::Standing::Current) return {};
  if (standing == crypto::Standing::Broken && old_forms() == cms::OldForms::Refuse) {
    return failure(Rule::EncBrokenCipher, 0, record_->layer.algorithm);
  }
  opening_.add(Rule::EncWeakCipher, place(), record_->layer.algorithm);
  return {};
}

void CmsStage::note_key(const cms::ContentKey& key) {
  record_->layer.recipients = recipient_verdicts(envelope_.recipients, key.recipient);
  for (const Finding& finding : key.findings) {
    opening_.add(finding.rule, place(), finding.detail);
  }
  const AlgorithmRules& rules = opening_.options.policy.accepted;
  if (key.recipient >= envelope_.recipients.size()) return;  // a key that both sides had
  auto management = key_management(envelope_.recipients[key.recipient]);
  if (management && !is_allowed(rules.key_management, *management)) {
    opening_.add(Rule::PolicyAlgorithm, place(),
                 "key management by " + std::string(name(*management)));
  }
  std::string too_short = key.certificate ? short_key(rules, *key.certificate) : "";
  if (!too_short.empty()) opening_.add(Rule::PolicyAlgorithm, place(), too_short);
}

bool CmsStage::is_misplaced() const {
  return !envelope_.authenticated && is_aead(encryption_->cipher);
}

Result<void> CmsStage::open_envelope() {
  const OpenOptions& options = opening_.options;
  TRY_VOID(check_cipher());
  auto key = TRY(envelope_.has_shared_key
                     ? cms::find_shared_key(*encryption_, *options.keys)
                     : cms::recover_content_key(envelope_, *encryption_, *options.keys,
                                                options.limits, old_forms()));
  note_key(key);
  if (!is_allowed(options.policy.accepted.ciphers, encryption_->cipher)) {
    opening_.add(Rule::PolicyAlgorithm, place(), "the cipher " + record_->layer.algorithm);
  }
  auto tag_place = is_misplaced() ? cms::TagPlace::EndOfContent : cms::TagPlace::Mac;
  decryptor_ = TRY(cms::ContentDecryptor::create(*encryption_, key, tag_place, options.limits));
  if (envelope_.is_signed && options.peel == OpenOptions::Peel::All) {
    add_signature();
    signature_key_ = std::move(key);
  }
  inner_ = make_inner_stage(opening_, options_.place, options_.origin);
  return {};
}

// The other half of SignedAndEnvelopedData is a layer of its own, inside the encryption.
void CmsStage::add_signature() {
  bool errant = options_.scope == Scope::Errant;
  signature_ = &opening_.add_layer(Layer::Kind::Signed, options_.form, options_.place, errant);
  signature_->header = cms::SignedHeader{.version = envelope_.version,
                                         .digest_algorithms = envelope_.digest_algorithms,
                                         .content_type = envelope_.content_type};
  signature_->layer.content_type = record_->layer.content_type;
  signature_->layer.algorithm = algorithm_names(envelope_.digest_algorithms);
  begin_hashing(*signature_, envelope_.digest_algorithms);
}

void CmsStage::signature_tail(cms::SignedTail tail) {
  for (const cms::SignerInfo& signer : tail.signers) {
    auto plain = cms::decrypt_signature(*encryption_, *signature_key_, signer.signature);
    signature_->decrypted_signatures.push_back(plain.value_or(Bytes()));
  }
  signature_->layer.certificates = tail.certificates;
  signature_->tail = std::move(tail);
}

Result<void> CmsStage::compressed_data(const Oid& content_type) {
  if (use_ == Use::Leave) return {};
  add_record(Layer::Kind::Compressed, content_type).layer.algorithm = "zlib";
  if (use_ == Use::Observe) return {};
  inflater_.emplace(TRY(cms::Inflater::create(opening_.options.limits)));
  inner_ = make_inner_stage(opening_, options_.place, options_.origin);
  return {};
}

Result<void> CmsStage::digested_data(const cms::DigestedHeader& header) {
  if (use_ == Use::Leave) return {};
  auto digest = crypto::read_digest(header.digest_algorithm);
  add_record(Layer::Kind::Digested, header.content_type);
  record_->layer.algorithm = algorithm_name(header.digest_algorithm);
  if (!digest) return failure(Rule::CryptoUnknownAlgorithm, 0, record_->layer.algorithm);
  record_->hasher = std::make_unique<ContentHasher>(ContentHasher::LineEnds::AsReceived,
                                                    opening_.options.workers);
  record_->hasher->add(*digest, opening_.options.limits);
  if (use_ == Use::Peel) inner_ = make_inner_stage(opening_, options_.place, options_.origin);
  return {};
}

// Anybody can compute it: what fits shows no more than that nothing broke (CMS-72).
Result<void> CmsStage::digest(ByteView value) {
  if (use_ == Use::Leave || record_ == nullptr) return {};
  const auto& computed = record_->hasher->digests();
  bool fits = computed.size() == 1 && equal(computed.begin()->second, value);
  opening_.add(fits ? Rule::CmsDigestOnly : Rule::CmsDigestMismatch, place(),
               record_->layer.algorithm);
  return {};
}

Result<void> CmsStage::pass_on(ByteView bytes) {
  return inner_ ? inner_->write(bytes) : Result<void>();
}

// What fails inside is told when all is decrypted: the time until then must not tell how
// far it got (T-30).
Result<void> CmsStage::pass_on_decrypted(ByteView bytes) {
  if (inner_error_) return {};
  if (signature_ != nullptr) TRY_VOID(signature_->hasher->write(bytes));
  auto done = pass_on(bytes);
  if (done || is_of_host(done.error())) return done;
  inner_error_ = std::move(done).error();
  return {};
}

Result<void> CmsStage::content(ByteView chunk) {
  if (use_ == Use::Leave || record_ == nullptr) return {};
  // The signature is on what came before it (CMS-14).
  if (options_.detached) {
    record_->content_twice = true;
    return {};
  }
  if (decryptor_) {
    if (!envelope_.authenticated) opening_.opened_unauthenticated = true;
    auto on = [this](ByteView bytes) { return pass_on_decrypted(bytes); };
    auto done = decryptor_->update(chunk, on);
    // How much there is may be told: whoever sees the message sees it.
    if (done || done.error().rule == Rule::LimitSize) return done;
    return tl::unexpected<Error>(hide(std::move(done).error()));
  }
  if (verifier_) {
    TRY_VOID(verifier_->update(chunk));
    return pass_on_decrypted(chunk);
  }
  auto on = [this](ByteView bytes) { return pass_on(bytes); };
  if (inflater_) return inflater_->update(chunk, on);
  // What is hashed is what goes on (CMS-15).
  if (record_->hasher) TRY_VOID(record_->hasher->write(chunk));
  return pass_on(chunk);
}

Result<void> CmsStage::end_inner() {
  if (!inner_) return {};
  std::unique_ptr<Sink> inner = std::move(inner_);
  return inner->finish();
}

Result<void> CmsStage::content_end(cms::Presence presence) {
  if (use_ == Use::Leave || record_ == nullptr) return {};
  if (record_->layer.kind == Layer::Kind::Signed) return signed_content_end(presence);
  if (record_->layer.kind == Layer::Kind::Digested) {
    if (presence == cms::Presence::Absent) return failure(Rule::CmsNoContent, options_.offset);
    TRY_VOID(record_->hasher->finish());
    return end_inner();
  }
  if (inflater_) {
    if (presence == cms::Presence::Absent) return failure(Rule::CmsNoContent, options_.offset);
    TRY_VOID(inflater_->finish());
    return end_inner();
  }
  return {};
}

Result<void> CmsStage::signed_content_end(cms::Presence presence) {
  if (options_.detached) {
    // An empty eContent is content too (T-12).
    if (presence == cms::Presence::Present) record_->content_twice = true;
    return {};
  }
  record_->is_detached = presence == cms::Presence::Absent;
  if (record_->is_detached) {
    record_->layer.form = Layer::Form::Detached;
    inner_.reset();
    return {};
  }
  TRY_VOID(record_->hasher->finish());
  return end_inner();
}

Result<void> CmsStage::signed_tail(cms::SignedTail tail) {
  if (record_ == nullptr) return {};
  if (signature_ != nullptr) {
    signature_tail(std::move(tail));
    return {};
  }
  // The signers of what stays encrypted: nobody can say anything of them.
  if (record_->layer.kind == Layer::Kind::Enveloped) {
    record_->layer.certificates = std::move(tail.certificates);
    return {};
  }
  record_->layer.certificates = tail.certificates;
  // Certificates or lists to pass on, signed by nobody (MIME-44).
  bool no_content = record_->is_detached && record_->header->content_type == cms::kData;
  if (tail.signers.empty() && no_content) {
    record_->layer.kind = Layer::Kind::CertsOnly;
    record_->is_detached = false;
  }
  record_->tail = std::move(tail);
  return {};
}

// A ciphertext that stands apart (RFC 5652 6.1, CMS-59), if the caller has it.
Result<void> CmsStage::external_content(cms::EnvelopedTail& tail) {
  Source* source = opening_.options.detached_content;
  if (tail.has_content || source == nullptr || opening_.external_used) return {};
  opening_.external_used = true;
  TRY_VOID(read_all(*source, [this](ByteView octets) { return content(octets); }));
  tail.has_content = true;
  return {};
}

Result<void> CmsStage::enveloped_tail(cms::EnvelopedTail tail) {
  if (record_ == nullptr || !decryptor_) return {};
  TRY_VOID(external_content(tail));
  if (!tail.unprotected_attrs.empty()) {
    opening_.add(Rule::CmsUnprotectedAttributes, place());
  }
  auto on = [this](ByteView bytes) { return pass_on_decrypted(bytes); };
  auto done = decryptor_->finish(envelope_, tail, on);
  if (!done) {
    Error error = std::move(done).error();
    bool external = error.rule == Rule::CmsExternalContent;
    return tl::unexpected<Error>(external ? std::move(error) : hide(std::move(error)));
  }
  if (signature_ != nullptr) TRY_VOID(signature_->hasher->finish());
  if (is_misplaced()) {
    opening_.add(Rule::EncCipherPlaceAccepted, place(), record_->layer.algorithm);
  }
  // Behind a tag that fits, what is inside is what the sender wrote: it may be named.
  bool authenticated = envelope_.authenticated;
  auto ended = inner_error_ ? Result<void>(tl::unexpected<Error>(*inner_error_)) : end_inner();
  if (!ended && !authenticated) return tl::unexpected<Error>(hide(std::move(ended).error()));
  return ended;
}

// The content is in the open, and yet what fails inside is told after the MAC.
Result<void> CmsStage::authenticated_data(cms::AuthenticatedHeader header) {
  if (use_ == Use::Leave) return {};
  add_record(Layer::Kind::Authenticated, header.common.content_type);
  record_->layer.certificates = header.common.originator_certificates;
  authenticated_ = std::move(header);
  envelope_.recipients = authenticated_.common.recipients;
  note_unknown_recipients();
  auto algorithms = cms::check_mac_algorithms(authenticated_, old_forms());
  auto hmac = crypto::read_hmac(authenticated_.mac_algorithm);
  record_->layer.algorithm =
      hmac ? crypto::hmac_name(*hmac) : crypto::oid_name(authenticated_.mac_algorithm.algorithm);
  if (use_ == Use::Observe) {
    record_->layer.recipients = recipient_verdicts(envelope_.recipients, std::nullopt);
    return {};
  }
  TRY_VOID(algorithms);
  auto key = TRY(cms::recover_mac_key(authenticated_, *opening_.options.keys,
                                      opening_.options.limits, old_forms()));
  note_key(key);
  note_digests(*algorithms);
  verifier_.emplace(TRY(cms::MacVerifier::create(*algorithms, key)));
  inner_ = make_inner_stage(opening_, options_.place, options_.origin);
  return {};
}

// Which digests a profile accepts holds for both.
void CmsStage::note_digests(const cms::MacAlgorithms& algorithms) {
  const AlgorithmRules& rules = opening_.options.policy.accepted;
  if (!is_allowed(rules.digests, algorithms.hmac)) {
    opening_.add(Rule::PolicyAlgorithm, place(), "the MAC " + crypto::hmac_name(algorithms.hmac));
  }
  bool is_weak =
      algorithms.content && crypto::row(*algorithms.content).standing != crypto::Standing::Current;
  if (is_weak) {
    opening_.add(Rule::SigWeakDigestAccepted, place(), std::string(name(*algorithms.content)));
  }
  if (algorithms.content && !is_allowed(rules.digests, *algorithms.content)) {
    opening_.add(Rule::PolicyAlgorithm, place(),
                 "the digest " + std::string(name(*algorithms.content)));
  }
}

Result<void> CmsStage::authenticated_tail(cms::EnvelopedTail tail) {
  if (record_ == nullptr || !verifier_) return {};
  TRY_VOID(external_content(tail));
  if (!tail.has_content) return failure(Rule::CmsExternalContent);
  TRY_VOID(verifier_->finish(authenticated_, tail, opening_.options.limits));
  if (!tail.unprotected_attrs.empty()) opening_.add(Rule::CmsUnprotectedAttributes, place());
  return inner_error_ ? Result<void>(tl::unexpected<Error>(*inner_error_)) : end_inner();
}

}  // namespace bulla
