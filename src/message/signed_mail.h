// SignedMail: a mail whose outermost layer is a signature, read into header, content,
// signature, and how these are written (Wrapping).
#pragma once

#include <memory>

#include "crypto/digest.h"
#include "message/wrapping.h"
#include "mime/canonical.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla {

class SignedMailHandler {
 public:
  virtual ~SignedMailHandler() = default;
  [[nodiscard]] virtual Result<void> on_signed_header(const mime::Header&, Sign::Form) = 0;
  // The signed octets: with CRLF if they came in a multipart/signed, else as carried.
  [[nodiscard]] virtual Result<void> on_content(ByteView octets) = 0;
  [[nodiscard]] virtual Result<void> on_signature(cms::SplitSignedData& parts) = 0;
};

// Errors: see convert(). The handler's calls stand between those of write() and finish().
class SignedMailReader final : public Sink, private mime::EntityHandler {
 public:
  SignedMailReader(SignedMailHandler& handler, const Limits& limits);
  ~SignedMailReader() override;

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }
  Result<void> finish() override;

  // After finish(), with the digest of the body.
  const Wrapping& wrapping() const { return wrapping_; }

 private:
  class CmsBody;
  class SignaturePart;

  Result<mime::BodyPlan> on_header(const mime::Header& header) override;
  Result<void> on_body(ByteView octets) override;
  Result<void> on_preamble(ByteView octets) override;
  Result<void> on_part_begin(std::uint64_t offset) override;
  Result<void> on_part(ByteView octets) override;
  Result<void> on_part_end() override;
  Result<void> on_delimiter(ByteView octets, mime::Delimiter) override;
  Result<void> on_epilogue(ByteView octets) override;

  Result<void> note(std::string& text, ByteView octets);
  Result<void> end_signature(CmsBody& body);

  // Content of a multipart/signed, in canonical form.
  struct Content final : Sink {
    explicit Content(SignedMailHandler& to) : handler(to) {}
    Result<void> write(ByteView bytes) override { return handler.on_content(bytes); }
    Result<void> finish() override { return {}; }
    SignedMailHandler& handler;
  };

  SignedMailHandler& handler_;
  const Limits& limits_;
  mime::EntityParser parser_;
  Wrapping wrapping_;
  std::optional<crypto::Hasher> hasher_;
  Content content_;
  mime::Canonicalizer canonicalizer_{content_};
  std::unique_ptr<CmsBody> body_;             // of the opaque form
  std::unique_ptr<SignaturePart> signature_;  // of the clear form
  unsigned parts_ = 0;
  std::string closing_;  // from the last part's end on
};

}  // namespace bulla
