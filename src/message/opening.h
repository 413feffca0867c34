// Opening: what the stages of one open() share.
//
// The stages are Sinks that push octets into each other, outermost first. They
// write down what they find as records; the judge (message/judge.h) reads those when
// all octets have passed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulla/open.h"
#include "cms/decrypt.h"
#include "cms/parser.h"
#include "message/content_hasher.h"
#include "mime/canonical.h"
#include "mime/header.h"

namespace bulla {

// One layer as it was read, before judgement.
struct LayerRecord {
  Layer layer;
  std::optional<cms::SignedHeader> header;
  cms::SignedTail tail;
  // Of SignedAndEnvelopedData: for each signer its signature after decryption; empty where that
  // does not decrypt.
  std::vector<Bytes> decrypted_signatures;
  std::unique_ptr<ContentHasher> hasher;  // of a signed layer
  bool content_twice = false;             // a detached signature that carries content
  bool is_detached = false;               // bare CMS whose content stands elsewhere
};

// Where the octets of the payload go, and in which form (OpenOptions::form).
class ContentWriter {
 public:
  ContentWriter(const OpenOptions& options, Sink& out) : options_(options), out_(out) {}

  // What may happen to line ends: those of text become the mail's own kind, octets stay.
  enum class Kind { Text, Octets };

  // The message is not protected: all of it goes out as it came.
  [[nodiscard]] Result<void> begin_unchanged(const mime::Header& header);
  // The payload root. Without an outer header its own goes out as it was carried.
  [[nodiscard]] Result<void> begin(const mime::Header* outer, const mime::Header& payload);
  // The payload is no MIME entity.
  [[nodiscard]] Result<void> begin_octets(const mime::Header* outer);
  [[nodiscard]] Result<void> write(ByteView bytes, Kind kind);
  // All that was held back is written; the Sink is not finished.
  [[nodiscard]] Result<void> flush();

 private:
  enum class Target { AsIs, Lf, Crlf };
  bool writes_mail(const mime::Header* outer) const;
  void choose_target(const mime::Header* outer);

  const OpenOptions& options_;
  Sink& out_;
  Target target_ = Target::AsIs;
  mime::CrlfToLf to_lf_{out_};
  mime::Canonicalizer to_crlf_{out_};
};

class Opening {
 public:
  Opening(const OpenOptions& open_options, Sink& content)
      : options(open_options), writer(open_options, content) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

  const OpenOptions& options;

  std::vector<std::unique_ptr<LayerRecord>> records;
  Findings findings;  // about structure

  // The header of the mail, if the input is one, and of the payload root.
  std::optional<mime::Header> outer_header;
  std::optional<mime::Header> payload_header;
  // Of the message that a message/rfc822 payload root carries (RFC 9788 4.10).
  std::optional<mime::Header> wrapped_header;

  ContentWriter writer;

  // A key was used for content without integrity protection: whatever fails from then on
  // is enc.failed, wherever it stands (T-30).
  bool opened_unauthenticated = false;
  // OpenOptions::detached_content was the content of an encryption.
  bool external_used = false;

  // Digests that a second pass computes: one more for the record with this index.
  std::vector<std::optional<Digest>> hints;

  // Adds a record for a layer that begins here; the reference stays valid.
  LayerRecord& add_layer(Layer::Kind kind, Layer::Form form, const std::string& place, bool errant);
  // Adds the hint for the record that was added last to its hasher.
  void add_hint(LayerRecord& record);
  // What is inside the layers read so far came out of a cipher that lets others rearrange it,
  // and no signature, tag or digest that they cannot make stands between (T-03).
  bool is_malleable() const;
  // `place` is that of a layer, or the path of a part.
  void add(Rule rule, std::string place = {}, std::string detail = {});
  // limit.layers if another one would be too many.
  Result<void> check_layers() const;
};

// Whether the octets stand inside the envelope that covers the whole message, or in a part
// of an unprotected message or of the payload (RFC 9787 4.2, 4.5).
enum class Scope { Envelope, Errant };

// The stage for what a transfer or content decoder gives out: a MIME entity, bare CMS, or
// octets of no known structure, told apart by their beginning.
enum class Origin { Mail, Cms };
std::unique_ptr<Sink> make_inner_stage(Opening& opening, std::string place, Origin origin);

// The stage for a MIME entity of the envelope: the mail itself, or one inside a layer.
enum class Position { Root, Inner };
std::unique_ptr<Sink> make_entity_stage(Opening& opening, std::string place, Position position,
                                        std::uint64_t offset);

// The stage for the first entity that is no layer. Scan: its parts are looked through for
// layers that cover a part alone.
enum class Scan { Off, On };
std::unique_ptr<Sink> make_payload_stage(Opening& opening, std::string place, Position position,
                                         Scan scan, std::uint64_t offset);

// What malformed text of the encoding is.
Rule malformed_rule(mime::TransferEncoding encoding);

// A failure inside an encrypted content, as the outside may see it: enc.failed, unless it
// is of the host and not of the message.
bool is_of_host(const Error& error);
Error hide(Error error);

// The stage for the whole input: a mail, CMS in DER or BER, or CMS in PEM.
std::unique_ptr<Sink> make_input_stage(Opening& opening);

}  // namespace bulla
