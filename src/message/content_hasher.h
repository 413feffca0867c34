// ContentHasher: the digests of signed content, in canonical form and as received.
//
// What a multipart/signed covers is hashed with CR LF line ends (RFC 8551 3.1.1); a
// file on a Unix host has LF and is canonicalised on the fly. Where a mail has both
// kinds, its signer may have hashed a bare LF as it is: then the digests of the octets
// as received are kept as well (T-96), forked where the two begin to differ.
//
// Thread safety: belongs to one thread.
#pragma once

#include <memory>
#include <optional>

#include "bulla/workers.h"
#include "cms/verify.h"
#include "mime/canonical.h"

namespace bulla {

class ContentHasher {
 public:
  // Either: for content that was given apart, where nobody says how it was signed.
  enum class LineEnds { Canonical, AsReceived, Either };

  // With workers the digests are computed on their threads.
  ContentHasher(LineEnds line_ends, const Workers* workers)
      : line_ends_(line_ends),
        canonicalizer_(feed_),
        handover_(workers == nullptr ? nullptr : workers->hand_over(digestion_)) {}

  // Before the first write(). What libcrypto lacks is left out: the signer that needs
  // it is told. At most Limits::digests, the first ones.
  void add(Digest digest, const Limits& limits);
  bool has(Digest digest) const { return feed_.digests.has(digest); }

  [[nodiscard]] Result<void> write(ByteView bytes);
  [[nodiscard]] Result<void> finish();

  // After finish().
  const std::map<Digest, Bytes>& digests() const { return digests_; }
  // Those of the other reading, if line ends were mixed; else empty.
  const std::map<Digest, Bytes>& other_digests() const { return other_digests_; }
  ByteView beginning() const { return beginning_; }
  std::uint64_t size() const { return size_; }

 private:
  struct Feed final : Sink {
    cms::DigestSet digests;
    Result<void> write(ByteView bytes) override {
      digests.update(bytes);
      return {};
    }
    Result<void> finish() override { return {}; }
  };

  // What may run on another thread.
  struct Digestion final : Sink {
    explicit Digestion(ContentHasher& hasher) : owner(hasher) {}
    Result<void> write(ByteView bytes) override { return owner.digest(bytes); }
    Result<void> finish() override { return {}; }
    ContentHasher& owner;
  };

  Result<void> digest(ByteView bytes);

  LineEnds line_ends_;
  Feed feed_;
  mime::Canonicalizer canonicalizer_;
  std::optional<cms::DigestSet> other_;  // as received, once it differs
  bool differs_ = false;
  std::size_t count_ = 0;
  std::map<Digest, Bytes> digests_;
  std::map<Digest, Bytes> other_digests_;
  Bytes beginning_;
  std::uint64_t size_ = 0;
  Digestion digestion_{*this};
  std::unique_ptr<Handover> handover_;  // ends before what it feeds
};

}  // namespace bulla
