// CmsStage: one CMS message, in; its content, on to the next stage.
//
// Signed content is hashed and passed on, encrypted content decrypted, compressed
// content inflated. Failures of whatever stands inside an encryption are enc.failed:
// they may come from a changed ciphertext, and must not tell how far it got (T-30).
#pragma once

#include <functional>

#include "cms/authenticated_data.h"
#include "message/opening.h"

namespace bulla {

class CmsStage final : public Sink, private cms::EventHandler {
 public:
  // What to do with a message of this kind.
  enum class Use {
    Peel,     // take the layer off
    Observe,  // write down what it is, and drop the content
    Leave,    // it is no layer here; nothing is written down
  };
  using Decide = std::function<Use(const Oid& content_type)>;

  struct Options {
    std::string place;
    Scope scope = Scope::Envelope;
    Origin origin = Origin::Mail;
    Layer::Form form = Layer::Form::Opaque;
    // The signed layer whose content came before (multipart/signed).
    LayerRecord* detached = nullptr;
    std::uint64_t offset = 0;
    Decide decide;  // called once, when the content type is known
  };

  CmsStage(Opening& opening, Options options);
  ~CmsStage() override;

  Result<void> write(ByteView bytes) override;
  Result<void> finish() override;

 private:
  Result<void> content_info(const Oid& content_type) override;
  Result<void> signed_data(const cms::SignedHeader& header) override;
  Result<void> enveloped_data(cms::EnvelopedHeader header) override;
  Result<void> compressed_data(const Oid& content_type) override;
  Result<void> content(ByteView chunk) override;
  Result<void> content_end(cms::Presence presence) override;
  Result<void> signed_tail(cms::SignedTail tail) override;
  Result<void> enveloped_tail(cms::EnvelopedTail tail) override;
  Result<void> digested_data(const cms::DigestedHeader& header) override;
  Result<void> digest(ByteView value) override;
  Result<void> authenticated_data(cms::AuthenticatedHeader header) override;
  Result<void> authenticated_tail(cms::EnvelopedTail tail) override;

  LayerRecord& add_record(Layer::Kind kind, const Oid& content_type);
  // "layer 2", whatever was found inside of it since.
  std::string place() const { return "layer " + std::to_string(number_); }
  Result<void> external_content(cms::EnvelopedTail& tail);
  Result<void> signed_content_end(cms::Presence presence);
  void note_unknown_recipients();
  cms::OldForms old_forms() const;
  // What is to say of the key that opens, and what a profile does not accept.
  void note_key(const cms::ContentKey& key);
  void note_digests(const cms::MacAlgorithms& algorithms);
  Result<void> check_cipher();

  // An AEAD cipher in EnvelopedData.
  bool is_misplaced() const;
  Result<void> open_envelope();
  void begin_hashing(LayerRecord& record, const std::vector<asn1::AlgorithmIdentifier>& announced);
  void add_signature();
  void signature_tail(cms::SignedTail tail);
  Result<void> pass_on(ByteView bytes);
  Result<void> pass_on_decrypted(ByteView bytes);
  Result<void> end_inner();

  Opening& opening_;
  Options options_;
  cms::Parser parser_;
  Use use_ = Use::Peel;
  LayerRecord* record_ = nullptr;
  std::size_t number_ = 0;  // of the record, from 1
  std::unique_ptr<Sink> inner_;
  std::optional<Error> inner_error_;  // of what is inside an encryption
  cms::EnvelopedHeader envelope_;
  std::optional<crypto::ContentEncryption> encryption_;
  std::optional<cms::ContentDecryptor> decryptor_;
  // SignedAndEnvelopedData: the signature over what is decrypted, and the key that both have.
  LayerRecord* signature_ = nullptr;
  std::optional<cms::ContentKey> signature_key_;
  std::optional<cms::Inflater> inflater_;
  cms::AuthenticatedHeader authenticated_;
  std::optional<cms::MacVerifier> verifier_;
};

}  // namespace bulla
