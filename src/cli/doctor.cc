#include "cli/commands.h"
#include "crypto/algorithm_table.h"

namespace bulla::cli {
namespace {

std::string_view standing_name(crypto::Standing standing) {
  switch (standing) {
    case crypto::Standing::Current:
      return "current";
    case crypto::Standing::Legacy:
      return "legacy";
    case crypto::Standing::Broken:
      return "broken";
  }
  return "";
}

std::string table_line(std::string_view name, const Oid& oid, crypto::Standing standing,
                       bool available) {
  std::string text = "  " + std::string(name);
  text.resize(18, ' ');
  text += std::string(standing_name(standing));
  text.resize(28, ' ');
  text += available ? "available" : "absent";
  text.resize(40, ' ');
  return text + oid.to_string() + "\n";
}

}  // namespace

Exit run_doctor(const Arguments& arguments) {
  if (!arguments.has("--algorithms")) {
    return Console(Verbosity::Normal, host::Colour::Auto)
        .fail(Usage{"'doctor' needs to know what to show", "use bulla doctor --algorithms"});
  }
  std::string text = "digests\n";
  for (const crypto::DigestRow& row : crypto::digest_rows()) {
    text += table_line(row.name, row.oid, row.standing, crypto::is_available(row.digest));
  }
  text += "content ciphers\n";
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    text += table_line(row.name, row.oid, row.standing, crypto::is_available(row.cipher));
  }
  print(1, text);
  return Exit::Done;
}

}  // namespace bulla::cli
