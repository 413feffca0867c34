#include "message/request_file.h"

#include <vector>

#include "base/try.h"
#include "mime/smime_type.h"
#include "mime/transfer.h"
#include "mime/tree.h"
#include "x509/pem.h"

namespace bulla {
namespace {

constexpr std::uint8_t kSequence = 0x30;

bool is_request_label(std::string_view label) {
  return label == "CERTIFICATE REQUEST" || label == "NEW CERTIFICATE REQUEST";
}

Result<std::vector<Bytes>> find_in_pem(ByteView file) {
  std::vector<Bytes> found;
  for (const x509::PemBlock& block : TRY(x509::read_pem(file))) {
    if (is_request_label(block.label)) found.push_back(to_bytes(block.contents.view()));
  }
  return found;
}

Result<Bytes> decode_body(ByteView body, mime::TransferEncoding encoding) {
  MemorySink octets;
  auto decoder = mime::make_transfer_decoder(encoding, octets);
  TRY_VOID(decoder->write(body));
  TRY_VOID(decoder->finish());
  return octets.bytes();
}

Result<std::vector<Bytes>> find_in_mail(ByteView mail, const Limits& limits) {
  mime::TreeBuilder builder(limits);
  TRY_VOID(builder.push(mail));
  mime::Tree tree = TRY(builder.finish());
  std::vector<Bytes> found;
  for (const mime::Entity& entity : tree.entities) {
    mime::SmimeKind kind = mime::recognize_smime(entity.type, entity.disposition).kind;
    bool is_request = kind == mime::SmimeKind::Pkcs10 || kind == mime::SmimeKind::OctetStreamP10;
    if (!is_request) continue;
    ByteView body = mail.subspan(entity.body_offset, entity.end - entity.body_offset);
    found.push_back(TRY(decode_body(body, entity.encoding)));
  }
  return found;
}

Result<std::vector<Bytes>> find_all(ByteView file, const Limits& limits) {
  if (x509::is_pem(file)) return find_in_pem(file);
  if (!file.empty() && file[0] == kSequence) return std::vector<Bytes>{to_bytes(file)};
  return find_in_mail(file, limits);
}

}  // namespace

Result<Bytes> find_request(ByteView file, const Limits& limits) {
  std::vector<Bytes> found = TRY(find_all(file, limits));
  if (found.empty()) return failure(Rule::CaRefused, 0, "no certification request is there");
  if (found.size() > 1) return failure(Rule::CaRefused, 0, "there is more than one request");
  return std::move(found.front());
}

}  // namespace bulla
