// Parser: one CMS message, in chunks of any size, as a stream of events.
//
// Only the content passes through; what stands before and behind it is collected
// (bounded by Limits), turned into DER and handed over as structures. Nothing is
// decrypted or verified here; nothing here says whether anything is acceptable.
//
// Order of events: content_info; then signed_data, enveloped_data, compressed_data
// digested_data or authenticated_data; content…; content_end; then signed_tail, enveloped_tail,
// digest or authenticated_tail. SignedAndEnvelopedData is enveloped_data whose header is_signed,
// with a signed_tail before its enveloped_tail.
//
// Source: RFC 5652, RFC 5083, RFC 3274. BER is taken (CMS-05); certificates,
// attributes and the rest are DER after their lengths are normalised.
#pragma once

#include <memory>

#include "bulla/limits.h"
#include "cms/recipient_info.h"
#include "cms/signer_info.h"
#include "x509/certificate_cache.h"

namespace bulla::cms {

// Whether the content stands in the message.
enum class Presence { Absent, Present };

class EventHandler {
 public:
  virtual ~EventHandler() = default;
  virtual Result<void> content_info(const Oid& content_type) = 0;
  virtual Result<void> signed_data(const SignedHeader& header) = 0;
  virtual Result<void> enveloped_data(EnvelopedHeader header) = 0;
  virtual Result<void> compressed_data(const Oid& content_type) = 0;
  // A chunk of eContent or encryptedContent octets, without tags and lengths.
  virtual Result<void> content(ByteView chunk) = 0;
  virtual Result<void> content_end(Presence presence) = 0;
  virtual Result<void> signed_tail(SignedTail tail) = 0;
  virtual Result<void> enveloped_tail(EnvelopedTail tail) = 0;
  virtual Result<void> digested_data(const DigestedHeader& header);
  // The digest that DigestedData has beside the content.
  virtual Result<void> digest(ByteView value);
  virtual Result<void> authenticated_data(AuthenticatedHeader header);
  virtual Result<void> authenticated_tail(EnvelopedTail tail);
};

class Parser {
 public:
  // base_offset: where the first octet stands in the message, for errors. `cache`
  // knows certificates from earlier messages; it may be null.
  Parser(EventHandler& handler, const Limits& limits, std::uint64_t base_offset = 0,
         x509::CertificateCache* cache = nullptr);
  Parser(Parser&&) noexcept;
  ~Parser();

  [[nodiscard]] Result<void> push(ByteView chunk);
  // The input has ended. Line ends and NULs behind the message are passed over
  // (CMS-76); anything else is cms.trailing-data.
  [[nodiscard]] Result<void> finish();

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace bulla::cms
