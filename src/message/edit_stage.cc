#include "message/edit_stage.h"

namespace bulla {

Result<void> write_kept_header(const mime::Header& header, Sink& out) {
  bool becomes_base64 = header.transfer_encoding() == mime::TransferEncoding::QuotedPrintable;
  bool is_lf = mime::first_line_break(header.raw()) == mime::LineBreak::Lf;
  for (const mime::Field& field : header.fields()) {
    if (field.is("Content-Length")) continue;
    if (becomes_base64 && field.is("Content-Transfer-Encoding")) {
      TRY_VOID(out.write(as_bytes("Content-Transfer-Encoding: base64")));
      TRY_VOID(out.write(as_bytes(is_lf ? "\n" : "\r\n")));
    } else {
      TRY_VOID(out.write(as_bytes(field.raw)));
    }
  }
  return out.write(as_bytes(header.empty_line()));
}

}  // namespace bulla
