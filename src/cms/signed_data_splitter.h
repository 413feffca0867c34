// SignedDataSplitter: a SignedData taken apart into octets before its content, content, and
// octets behind it, each as it came.
//
// With them a signature moves out of a message and back (multipart/signed and
// application/pkcs7-mime, RFC 8551 3.5): neither is encoded again, for what is signed
// would no longer be what was signed. How the content was divided is noted, so that a
// BER encoding can be restored to the octet.
//
// Thread safety: belongs to one thread.
#pragma once

#include "cms/parser.h"
#include "crypto/cipher.h"

namespace bulla::cms {

// The eContent [0] as encoded: runs of pieces of one size with the same octets before each, and
// what stands behind the last.
struct ContentLayout {
  struct Run {
    Bytes before;
    std::uint64_t size = 0;
    std::uint64_t count = 0;
  };
  std::vector<Run> runs;
  Bytes behind;
};

struct SplitSignedData {
  SignedHeader header;
  SignedTail tail;
  Bytes before;  // up to the end of eContentType
  bool has_content = false;
  // Nothing if there are more runs than any encoder makes.
  std::optional<ContentLayout> layout;
  std::uint64_t content_size = 0;  // octets of the content
  std::uint64_t encoded_size = 0;  // of eContent with all its headers
  Bytes behind;                    // everything behind eContent

  // What stands before the content and behind it, for a signature without content; and for one
  // with so many octets of it, in one primitive OCTET STRING.
  Result<Bytes> detached(const Limits& limits) const;
  Result<Bytes> before_content(std::uint64_t size, const Limits& limits) const;

  // Whether both say the same but for lengths, and the content and its division: version, digest
  // algorithms, and everything behind the content.
  bool has_same_signatures(const SplitSignedData& other) const;
};

class SignedDataSplitter final : private EventHandler {
 public:
  // `content` gets the octets of the content.
  SignedDataSplitter(crypto::Output content, const Limits& limits);

  // Errors: those of the parser and of `content`; policy.absent if this is no SignedData;
  // cms.not-octet-string.
  [[nodiscard]] Result<void> push(ByteView chunk);
  [[nodiscard]] Result<void> finish();
  // After finish().
  SplitSignedData& parts() { return parts_; }

 private:
  struct Open {
    bool indefinite = false;
    std::uint64_t end = 0;  // offset behind it, if definite
  };

  Result<void> content_info(const Oid& content_type) override;
  Result<void> signed_data(const SignedHeader& header) override;
  Result<void> enveloped_data(EnvelopedHeader) override { return {}; }
  Result<void> compressed_data(const Oid&) override { return {}; }
  Result<void> content(ByteView) override { return {}; }
  Result<void> content_end(Presence) override { return {}; }
  Result<void> signed_tail(SignedTail tail) override;
  Result<void> enveloped_tail(EnvelopedTail) override { return {}; }

  Result<void> find_content();
  Result<void> take(ByteView octets);
  Result<void> take_header(ByteView& octets);
  Result<void> act_on_header();
  void close_finished();
  void note_piece(std::uint64_t size);

  enum class State { Before, Header, Piece, Behind };

  crypto::Output output_;
  Limits limits_;
  Parser parser_;
  State state_ = State::Before;
  bool is_known_ = false;  // the header is complete
  SplitSignedData parts_;
  std::uint64_t offset_ = 0;  // of what is taken, from the start of eContent
  std::vector<Open> open_;
  Bytes element_header_;    // as far as it is there
  Bytes between_;           // since the last piece
  std::uint64_t left_ = 0;  // of the piece
};

}  // namespace bulla::cms
