#include "mime/writer.h"

#include "base/check.h"
#include "mime/base64.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

std::string write_leaf_header(std::string type, std::string_view file_name,
                              TransferEncoding encoding) {
  std::string disposition = "attachment" + write_parameter("filename", file_name);
  type += write_parameter("name", file_name);
  return write_field("Content-Type", type) +
         write_field("Content-Transfer-Encoding", transfer_encoding_name(encoding)) +
         write_field("Content-Disposition", disposition);
}

}  // namespace

std::string write_pkcs7_mime_header(const Pkcs7MimeHeader& header) {
  std::string type = "application/pkcs7-mime";
  if (!header.smime_type.empty()) type += write_parameter("smime-type", header.smime_type);
  return write_leaf_header(std::move(type), "smime." + std::string(header.suffix), header.encoding);
}

std::string write_pkcs7_signature_header() {
  return write_leaf_header("application/pkcs7-signature", "smime.p7s", TransferEncoding::Base64);
}

std::string write_pkcs10_header() {
  return write_leaf_header("application/pkcs10", "smime.p10", TransferEncoding::Base64);
}

std::string write_base64_entity(std::string_view header, ByteView octets) {
  MemorySink body;
  Base64Encoder encoder(body);
  CHECK(encoder.write(octets).has_value() && encoder.finish().has_value());  // as memory takes all
  return "MIME-Version: 1.0\r\n" + std::string(header) + "\r\n" +
         std::string(as_text(body.bytes()));
}

std::string write_multipart_signed_header(const std::vector<std::string>& micalg,
                                          std::string_view boundary) {
  std::string names;
  for (const std::string& name : micalg) names += (names.empty() ? "" : ",") + name;
  std::string type = "multipart/signed";
  type += write_parameter("protocol", "application/pkcs7-signature");
  type += write_parameter("micalg", names.empty() ? "unknown" : names);
  type += write_parameter("boundary", boundary);
  return write_field("Content-Type", type);
}

std::string first_delimiter(std::string_view boundary) {
  return "--" + std::string(boundary) + "\r\n";
}

std::string next_delimiter(std::string_view boundary) { return "\r\n" + first_delimiter(boundary); }

std::string close_delimiter(std::string_view boundary) {
  return "\r\n--" + std::string(boundary) + "--\r\n";
}

std::string make_boundary(ByteView random) {
  CHECK(random.size() >= 16 && random.size() <= 32);
  return "=_" + to_hex(random);
}

SplitHeader split_header(const Header& header) {
  SplitHeader result;
  for (const Field& field : header.fields()) {
    std::string& block = is_structural(field.name) ? result.structural : result.non_structural;
    block += field.raw;
    // The input may end within a field; another may follow it in the output.
    if (!block.ends_with('\n')) block += header.line_ends() == LineEnds::Lf ? "\n" : "\r\n";
  }
  return result;
}

}  // namespace bulla::mime
