// SignatureEditor: a SignedData with other unsigned attributes, which nobody signed; content,
// signatures and the rest say what they said.
//
//   cms::SignatureEditor editor(edit, limits, output);
//   TRY_VOID(editor.push(chunk));
//   TRY_VOID(editor.finish());
//
// One pass: the content goes through in chunks. What stands around it is written anew, as DER
// up to kDerLimit and with indefinite lengths beyond, as make_signed_data_writer() does.
//
// Thread safety: belongs to one thread.
#pragma once

#include <functional>

#include "cms/content_framing.h"
#include "cms/parser.h"

namespace bulla::cms {

class SignatureEditor final : private EventHandler {
 public:
  // Changes the unsigned attributes of the signers, or adds certificates.
  using Edit = std::function<Result<void>(SignedTail& tail)>;

  SignatureEditor(Edit edit, const Limits& limits, crypto::Output output);

  // Errors: those of the parser, `edit` and `output`; policy.absent if the outermost layer is no
  // signature; cms.unknown-certificate-kind and the like where something could not be kept.
  [[nodiscard]] Result<void> push(ByteView chunk) { return parser_.push(chunk); }
  [[nodiscard]] Result<void> finish() { return parser_.finish(); }

 private:
  Result<void> content_info(const Oid& content_type) override;
  Result<void> signed_data(const SignedHeader& header) override;
  Result<void> enveloped_data(EnvelopedHeader) override { return {}; }
  Result<void> compressed_data(const Oid&) override { return {}; }
  Result<void> content(ByteView chunk) override { return framing_->write(chunk); }
  Result<void> content_end(Presence presence) override;
  Result<void> signed_tail(SignedTail tail) override;
  Result<void> enveloped_tail(EnvelopedTail) override { return {}; }

  Edit edit_;
  crypto::Output output_;
  Parser parser_;
  std::optional<ContentFraming> framing_;
  Presence presence_ = Presence::Absent;
};

}  // namespace bulla::cms
