#include "x509/dane.h"

#include "crypto/digest.h"

namespace bulla::x509 {
namespace {

constexpr std::size_t kParameters = 3;  // octets in front of the data

std::optional<Digest> digest_of(DaneRecord::Matching matching) {
  if (matching == DaneRecord::Matching::Sha256) return Digest::Sha256;
  if (matching == DaneRecord::Matching::Sha512) return Digest::Sha512;
  return std::nullopt;
}

}  // namespace

//                      1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 2 3 3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |  Cert. Usage  |   Selector    | Matching Type | Certificate Association Data …
std::optional<DaneRecord> DaneRecord::parse(ByteView rdata) {
  if (rdata.size() <= kParameters || rdata[0] > 3 || rdata[1] > 1 || rdata[2] > 2) {
    return std::nullopt;
  }
  DaneRecord record{.usage = static_cast<Usage>(rdata[0]),
                    .selector = static_cast<Selector>(rdata[1]),
                    .matching = static_cast<Matching>(rdata[2]),
                    .data = to_bytes(rdata.subspan(kParameters))};
  auto digest = digest_of(record.matching);
  if (digest && record.data.size() != crypto::digest_size(*digest)) return std::nullopt;
  return record;
}

bool DaneRecord::matches(const Certificate& certificate) const {
  ByteView selected =
      selector == Selector::Key ? certificate.subject_public_key_info() : certificate.der();
  auto digest = digest_of(matching);
  if (!digest) return equal(selected, data);
  auto computed = crypto::hash(*digest, selected);
  return computed && equal(*computed, data);
}

std::optional<Certificate> DaneRecord::certificate() const {
  if (selector != Selector::Certificate || matching != Matching::Full) return std::nullopt;
  auto parsed = Certificate::parse(data);
  if (!parsed) return std::nullopt;
  return *parsed;
}

}  // namespace bulla::x509
