// A header block: its octets are kept; what is written of it is a header that cannot hold
// another field; parameters and encoded words are read back as they were written.
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "mime/header.h"
#include "mime/smime_type.h"
#include "mime/words.h"
#include "mime/writer.h"

using namespace bulla;
using namespace bulla::mime;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_field(const std::string& written) {
  Result<Header> header = Header::parse(as_bytes(written), {.header_bytes = 64u << 20});
  require(header.has_value());
  require(header->fields().size() == 1 && header->malformed() == 0);
  require(header->empty_line().empty());
  for (std::string_view line : split(written, '\n')) require(line.size() <= 999);
}

void check_value(std::string_view value) {
  std::string decoded = decode_words(value);
  if (is_utf8(decoded) && decoded.find_first_of(std::string_view("\r\n\t\0", 4)) == decoded.npos) {
    std::string again = decode_words(encode_words(decoded));
    bool controls = printable(decoded) != decoded;
    require(controls || again == trim(decoded) || again == decoded);
  }
  check_field(write_field("X-Name", value));
  check_field(write_field("Content-Type", "a/b" + write_parameter("name", value)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView octets(data, size);
  Result<Header> header = Header::parse(octets);
  if (!header) return 0;
  require(as_text(octets).starts_with(header->raw()) || header->raw() == as_text(octets));
  std::size_t total = 0;
  for (const Field& field : header->fields()) {
    total += field.raw.size();
    require(field.raw.find(field.value) != field.raw.npos);
    check_value(field.value);
  }
  require(total + header->empty_line().size() <= size);
  ContentType type = header->content_type();
  for (const Parameter& parameter : type.parameters.all()) {
    require(is_utf8(parameter.value));
    std::string text = "a/b" + write_parameter("x", parameter.value);
    ContentType again = ContentType::parse(text);
    require(printable(parameter.value) != parameter.value || again.get("x") == parameter.value);
  }
  recognize_smime(*header);
  split_header(*header);
  return 0;
}
