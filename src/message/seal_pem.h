// PemEncoder: octets as the textual encoding of a CMS message (RFC 7468 9).
#pragma once

#include <string>
#include <string_view>

#include "mime/base64.h"

namespace bulla {

// "-----BEGIN CMS-----", lines of 64 characters, "-----END CMS-----".
//
// Thread safety: belongs to one thread.
class PemEncoder final : public mime::Filter {
 public:
  explicit PemEncoder(Sink& next, mime::LineBreak line_break)
      : Filter(next), line_end_(line_break == mime::LineBreak::Crlf ? "\r\n" : "\n") {}

  Result<void> write(ByteView octets) override;
  Result<void> flush() override;

 private:
  void add_line(ByteView octets);
  Result<void> pass();

  std::string_view line_end_;
  Bytes pending_;  // less than one line
  std::string out_;
  bool started_ = false;
};

}  // namespace bulla
