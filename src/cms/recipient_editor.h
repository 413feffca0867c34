// RecipientEditor: another list of recipients in an EnvelopedData or AuthEnvelopedData, and
// everything else octet for octet as it came.
//
//   cms::RecipientEditor editor(edit, limits, output);
//   TRY_VOID(editor.push(chunk));
//   TRY_VOID(editor.finish());
//
// The message is held until its RecipientInfos are there; what is behind them goes from input
// to output while the parser reads along, so that only a well-formed message is finished.
// Before them, the version and those lengths that are definite change. RecipientInfos that
// stay are kept as they were encoded.
//
// Thread safety: belongs to one thread.
#pragma once

#include <functional>

#include "cms/parser.h"
#include "crypto/cipher.h"

namespace bulla::cms {

class RecipientEditor final : private EventHandler {
 public:
  // What the message says before its content, and its RecipientInfos as they are encoded, to the
  // encoded ones that it shall have. The number of both is the same, and so is the order.
  using Edit = std::function<Result<std::vector<Bytes>>(const EnvelopedHeader& header,
                                                        std::vector<Bytes> infos)>;

  RecipientEditor(Edit edit, const Limits& limits, crypto::Output output);

  // Errors: those of the parser, `edit` and `output`; policy.absent if the outermost layer is no
  // encryption; cms.no-recipients if the message has no list, or would have none;
  // limit.size if the list became larger than readers take.
  [[nodiscard]] Result<void> push(ByteView chunk);
  [[nodiscard]] Result<void> finish();

 private:
  Result<void> content_info(const Oid& content_type) override;
  Result<void> signed_data(const SignedHeader&) override { return {}; }
  Result<void> enveloped_data(EnvelopedHeader header) override;
  Result<void> compressed_data(const Oid&) override { return {}; }
  Result<void> content(ByteView) override { return {}; }
  Result<void> content_end(Presence) override { return {}; }
  Result<void> signed_tail(SignedTail) override { return {}; }
  Result<void> enveloped_tail(EnvelopedTail) override { return {}; }

  Result<void> write_beginning();

  Edit edit_;
  Limits limits_;
  crypto::Output output_;
  Parser parser_;
  Bytes held_;  // the message until it is written
  std::optional<EnvelopedHeader> header_;
  bool writes_ = false;  // the new beginning is written
};

// The KeyAgreeRecipientInfo without one of its keys. REQUIRES: it has another one.
Result<Bytes> remove_agreed_key(ByteView info, std::size_t key, const Limits& limits);

}  // namespace bulla::cms
