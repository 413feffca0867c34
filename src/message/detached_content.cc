#include "message/detached_content.h"

#include <algorithm>

#include "base/try.h"
#include "cms/signed_attributes.h"
#include "crypto/algorithm_table.h"
#include "message/read_all.h"

namespace bulla {
namespace {

using LineEnds = ContentHasher::LineEnds;
using Hashers = std::vector<std::unique_ptr<ContentHasher>>;

// Digests and passes on, if there is somewhere to pass it on.
class TeeSink final : public Sink {
 public:
  TeeSink(const Hashers& hashers, ContentWriter* writer) : hashers_(hashers), writer_(writer) {}
  Result<void> write(ByteView bytes) override {
    for (const auto& hasher : hashers_) TRY_VOID(hasher->write(bytes));
    return writer_ ? writer_->write(bytes, ContentWriter::Kind::Octets) : Result<void>();
  }
  Result<void> finish() override {
    for (const auto& hasher : hashers_) TRY_VOID(hasher->finish());
    return {};
  }

 private:
  const Hashers& hashers_;
  ContentWriter* writer_;
};

using Records = std::vector<LayerRecord*>;

// One hasher a record, with the digests that its signers use.
Result<Hashers> hash(Source& in, const Records& records, LineEnds line_ends, Opening& opening,
                     ContentWriter* writer) {
  Hashers hashers;
  for (const LayerRecord* record : records) {
    hashers.push_back(std::make_unique<ContentHasher>(line_ends, opening.options.workers));
    for (const cms::SignerInfo& signer : record->tail.signers) {
      auto digest = crypto::read_digest(signer.digest_algorithm);
      if (digest) hashers.back()->add(*digest, opening.options.limits);
    }
  }
  TeeSink tee(hashers, writer);
  TRY_VOID(pump(in, tee));
  TRY_VOID(tee.finish());
  return hashers;
}

// Whether every signer names the digest that was computed.
bool fits(const LayerRecord& record, const ContentHasher& hasher) {
  return std::all_of(
      record.tail.signers.begin(), record.tail.signers.end(), [&](const cms::SignerInfo& signer) {
        auto digest = crypto::read_digest(signer.digest_algorithm);
        if (!digest || !signer.signed_attrs_der) return false;
        auto computed = hasher.digests().find(*digest);
        auto check = cms::check_signed_attributes(signer, record.header->content_type);
        return computed != hasher.digests().end() && check.statements.message_digest &&
               equal(*check.statements.message_digest, computed->second);
      });
}

// Of the same octets: what was hashed as received is among what either reading gives.
bool same_octets(const ContentHasher& received, const ContentHasher& either) {
  const auto& other = either.other_digests();
  return received.digests() == (other.empty() ? either.digests() : other);
}

// Nobody says whether the octets were signed as they are or text in canonical form. Where they
// can be read again, the second is computed only if the first does not fit: it costs as much.
// Content is what the first reading gave; one that has changed since proves nothing.
Result<Hashers> read_and_hash(Source& in, const Records& records, Opening& opening) {
  if (!TRY(in.rewind())) return hash(in, records, LineEnds::Either, opening, &opening.writer);
  Hashers received = TRY(hash(in, records, LineEnds::AsReceived, opening, &opening.writer));
  bool fit = true;
  for (std::size_t i = 0; i < records.size(); ++i) fit = fit && fits(*records[i], *received[i]);
  if (fit || !TRY(in.rewind())) return received;
  Hashers either = TRY(hash(in, records, LineEnds::Either, opening, nullptr));
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (same_octets(*received[i], *either[i])) received[i] = std::move(either[i]);
  }
  return received;
}

}  // namespace

Result<void> read_detached(Opening& opening) {
  const OpenOptions& options = opening.options;
  Records detached;
  bool any_signed = false;
  for (const auto& record : opening.records) {
    if (record->layer.errant || record->layer.kind != Layer::Kind::Signed) continue;
    any_signed = true;
    if (record->is_detached) detached.push_back(record.get());
  }
  if (opening.external_used) {
    return detached.empty() ? Result<void>() : failure(Rule::CmsDetachedWithoutContent);
  }
  if (detached.empty()) {
    if (options.detached_content == nullptr || !any_signed) return {};
    // Content inside and content apart: which one a reader sees is anybody's guess (T-12).
    for (const auto& record : opening.records) record->content_twice = true;
    return {};
  }
  if (options.detached_content == nullptr) return failure(Rule::CmsDetachedWithoutContent);
  Hashers hashers = TRY(read_and_hash(*options.detached_content, detached, opening));
  for (std::size_t i = 0; i < detached.size(); ++i) detached[i]->hasher = std::move(hashers[i]);
  return {};
}

}  // namespace bulla
