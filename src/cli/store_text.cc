#include "cli/store_text.h"

#include "base/text.h"
#include "cli/verdict_text.h"
#include "x509/key_info.h"

namespace bulla::cli {
namespace {

constexpr std::size_t kShort = 16;

std::string short_hex(ByteView sha256) { return to_hex(sha256).substr(0, kShort); }

std::string day(Time time) { return to_iso8601(time).substr(0, 10); }

// Whom a certificate is for.
std::string owner(const Certificate& certificate) {
  const auto& addresses = certificate.addresses();
  if (addresses.empty()) return printable(short_name(certificate));
  std::string text = printable(addresses[0].address);
  if (addresses.size() > 1) text += " and " + std::to_string(addresses.size() - 1) + " more";
  return text;
}

std::string validity(const Certificate& certificate, Time at) {
  if (at > certificate.not_after()) return "expired " + day(certificate.not_after());
  if (at < certificate.not_before()) return "not before " + day(certificate.not_before());
  return "until " + day(certificate.not_after());
}

std::string trust_text(const store::Trust& trust) {
  std::string text(name(trust.decision));
  if (trust.since) text += " since " + day(*trust.since);
  if (trust.until) text += " until " + day(*trust.until);
  return text;
}

std::string_view form_text(store::KeyRow::Form form) {
  switch (form) {
    case store::KeyRow::Form::Plain:
      return "  not encrypted";
    case store::KeyRow::Form::Token:
      return "  in a token";
    case store::KeyRow::Form::Encrypted:
      break;
  }
  return "  encrypted";
}

std::string uses(const Certificate& certificate) {
  if (certificate.is_ca()) return "signs certificates";
  std::string text;
  auto add = [&](bool may, const char* what) {
    if (may) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(certificate.allows(KeyUsage::DigitalSignature) ||
          certificate.allows(KeyUsage::NonRepudiation),
      "signs mail");
  add(store::may_encrypt(certificate), "can be encrypted to");
  return text.empty() ? "neither signs mail nor can be encrypted to" : text;
}

std::string line(const std::string& label, const std::string& value) {
  return "  " + label + std::string(12 - label.size(), ' ') + value + "\n";
}

bool is_kept(const store::Found& found) { return found.row.added != Time(); }

std::string kept_text(const store::Found& found) {
  if (!is_kept(found)) return "no";
  std::string text = "since " + day(found.row.added);
  if (found.has_key) text += ", with its private key";
  if (found.trust) text += ", " + trust_text(*found.trust);
  if (found.row.standing == store::Standing::Held) {
    text += "; held: not used until bulla cert import FINGERPRINT confirms it";
  }
  return text;
}

}  // namespace

std::string certificate_line(const store::Found& found, Time at) {
  const Certificate& certificate = found.row.certificate;
  std::string text = short_hex(certificate.sha256()) + "  " + owner(certificate) + "  " +
                     certificate.key_description() + "  " + validity(certificate, at);
  if (certificate.is_ca()) text += "  CA";
  if (found.has_key) text += "  key";
  if (found.trust) text += "  " + trust_text(*found.trust);
  if (found.row.standing == store::Standing::Held) text += "  held";
  return text + "\n";
}

std::string certificate_text(const store::Found& found, const std::vector<store::Entry>& history,
                             Time at) {
  const Certificate& certificate = found.row.certificate;
  std::string text = printable(certificate.subject()) + "\n";
  for (const CertificateAddress& address : certificate.addresses()) {
    bool is_old = address.source == AddressSource::SubjectEmailAddress;
    text += line("address", printable(address.address) + (is_old ? " (in the subject)" : ""));
  }
  text += line("issuer", printable(certificate.issuer()));
  text += line("serial", to_hex(certificate.serial_number()));
  text += line("valid", "from " + to_iso8601(certificate.not_before()) + " to " +
                            to_iso8601(certificate.not_after()) + " (" + validity(certificate, at) +
                            ")");
  text += line("key", certificate.key_description() + ", " + uses(certificate));
  text += line("signed", certificate.signature_description());
  text += line("sha256", to_hex(certificate.sha256()));
  text += line("sha1", to_hex(certificate.sha1()));
  text += line("kept", kept_text(found));
  for (const store::Entry& entry : history) {
    std::string what = entry.kind == "trust" ? "trust: " + entry.action : entry.action;
    text += line(&entry == &history.front() ? "history" : "",
                 to_iso8601(entry.at) + "  " + what + " " + printable(entry.detail));
  }
  return text;
}

std::string key_line(const KeptKey& kept) {
  const store::KeyRow& key = kept.key;
  const std::vector<store::CertificateRow>& certificates = kept.certificates;
  auto fingerprint = store::key_fingerprint(key.public_key);
  std::string text = fingerprint ? short_hex(*fingerprint) : std::string(kShort, '?');
  text += "  ";
  if (!certificates.empty()) {
    text += owner(certificates.front().certificate);
  } else {
    if (kept.owner) text += "for " + printable(join(kept.owner->addresses, ", ")) + ", ";
    text += "no certificate";
  }
  text += "  " + x509::read_key_info(key.public_key).description;
  text += form_text(key.form);
  text += "  since " + day(key.added);
  if (certificates.size() > 1) text += "  " + std::to_string(certificates.size()) + " certificates";
  return text + "\n";
}

std::string import_text(const store::Imported& done) {
  std::string text;
  auto add = [&](std::string_view what, const std::string& rest) {
    text += std::string(what) + std::string(10 - what.size(), ' ') + rest + "\n";
  };
  for (const auto& one : done.keys) {
    auto fingerprint = store::key_fingerprint(one.public_key);
    add(name(one.what), (fingerprint ? short_hex(*fingerprint) : std::string()) + "  private key");
  }
  for (const auto& one : done.certificates) {
    add(name(one.what), short_hex(one.certificate.sha256()) + "  " + owner(one.certificate) + "  " +
                            one.certificate.key_description() + (one.has_key ? "  key" : ""));
  }
  for (const Certificate& root : done.trusted) {
    text += "trusted     " + short_hex(root.sha256()) + "  " + printable(root.subject()) + "\n";
  }
  for (const Certificate& root : done.distrusted) {
    text += "distrusted  " + short_hex(root.sha256()) + "  " + printable(root.subject()) + "\n";
  }
  for (const std::string& address : done.statements) {
    add("learnt", "what " + printable(address) + " can read");
  }
  return text;
}

std::string counts_text(const std::string& path, const store::Counts& counts) {
  return printable(path) + "\n" + line("certs", std::to_string(counts.certificates)) +
         line("keys", std::to_string(counts.keys)) + line("roots", std::to_string(counts.roots)) +
         line("peers", std::to_string(counts.peers) + " whose capabilities are known") +
         line("history", std::to_string(counts.entries) + " entries" +
                             (counts.head.empty() ? "" : ", head " + to_hex(counts.head)));
}

}  // namespace bulla::cli
