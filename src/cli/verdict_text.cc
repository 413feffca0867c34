#include "cli/verdict_text.h"

#include <algorithm>

#include "base/text.h"

namespace bulla::cli {
namespace {

Paint paint_of(Status status) {
  switch (status) {
    case Status::Valid:
      return Paint::Good;
    case Status::Invalid:
      return Paint::Bad;
    default:
      return Paint::Doubtful;
  }
}

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::Failure:
      return Paint::Bad;
    case Severity::Note:
      return Paint::Faint;
    default:
      return Paint::Doubtful;
  }
}

std::string rule_text(const Finding& finding) {
  const RuleInfo& row = info(finding.rule);
  std::string text(row.text);
  if (!finding.detail.empty()) text += ": " + printable(finding.detail);
  return text + " [" + std::string(row.slug) + "]";
}

// The first of the worst findings: why the verdict is no better.
const Finding* headline(const Findings& findings) {
  auto found =
      std::max_element(findings.begin(), findings.end(),
                       [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return found == findings.end() || found->severity < Severity::Indeterminate ? nullptr : &*found;
}

// An issuer and a serial number name a certificate; the issuer alone is not meant.
std::string issued_by(const std::string& identifier) {
  bool has_issuer = identifier.find(", serial ") != std::string::npos;
  return (has_issuer ? "the certificate issued by " : "") + printable(identifier);
}

// "alice@example.com (CN=Alice)", "CN=Alice", or what the SignerInfo names.
std::string signer_name(const SignerVerdict& signer) {
  if (!signer.certificate) return issued_by(signer.identifier);
  std::string address = signer.matched_address;
  if (address.empty() && !signer.certificate->addresses().empty()) {
    address = signer.certificate->addresses().front().address;
  }
  std::string name = short_name(*signer.certificate);
  return address.empty() ? name : printable(address) + " (" + name + ")";
}

const SignerVerdict* valid_signer(const Verdict& verdict) {
  for (const Layer& layer : verdict.layers) {
    for (const SignerVerdict& signer : layer.signers) {
      if (!layer.errant && signer.status == Status::Valid) return &signer;
    }
  }
  return nullptr;
}

// OpenPGP and the like: nothing of ours, but the mail is not bare either.
const Finding* foreign_protection(const Findings& findings) {
  auto found = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.rule == Rule::MimeForeignProtocol;
  });
  return found == findings.end() ? nullptr : &*found;
}

std::string unprotected_reason(const Findings& findings) {
  const Finding* finding = foreign_protection(findings);
  if (finding == nullptr) finding = headline(findings);
  return finding == nullptr ? "neither signed nor encrypted" : rule_text(*finding);
}

std::string reason(const Verdict& verdict) {
  if (verdict.status == Status::Valid) {
    const SignerVerdict* signer = valid_signer(verdict);
    if (signer == nullptr) return "";
    std::string text = "signed by " + signer_name(*signer);
    if (!signer->path.empty()) text += ", path to " + short_name(signer->path.back());
    return text;
  }
  if (verdict.status == Status::Unprotected) return unprotected_reason(verdict.findings);
  const Finding* finding = headline(verdict.findings);
  return finding == nullptr ? "" : rule_text(*finding);
}

class Text {
 public:
  Text(const Verdict& verdict, const Console& console) : verdict_(verdict), console_(console) {}

  std::string make(Judged judged) {
    judged == Judged::Everything ? add_status() : add_decryption();
    std::size_t depth = 1;
    for (const Layer& layer : verdict_.layers) add_layer(layer, layer.errant ? 1 : depth++);
    if (judged == Judged::Everything) add_headers();
    for (const Finding& finding : verdict_.findings) add_finding(finding);
    return std::move(text_);
  }

 private:
  bool is_verbose() const { return console_.verbosity() == Verbosity::Verbose; }

  void line(std::size_t depth, const std::string& content) {
    text_ += std::string(2 * depth, ' ') + content + "\n";
  }

  void add_status() {
    std::string status(name(verdict_.status));
    std::string why = reason(verdict_);
    line(0, paint(status + ":", paint_of(verdict_.status), console_.has_colour()) +
                (why.empty() ? "" : " " + why));
    if (verdict_.status == Status::Unprotected) add_foreign_hint();
  }

  // A note has no line of its own, and what to do stands with the reason.
  void add_foreign_hint() {
    const Finding* finding = foreign_protection(verdict_.findings);
    if (finding != nullptr) line(1, "hint: " + std::string(info(finding->rule).advice));
  }

  void add_decryption() {
    if (!verdict_.is_encrypted()) {
      const Finding* foreign = foreign_protection(verdict_.findings);
      line(0, "not encrypted" + (foreign == nullptr ? "" : ": " + rule_text(*foreign)));
      return add_foreign_hint();
    }
    line(0, verdict_.released ? "decrypted; signatures were not checked" : "not decrypted");
  }

  void add_layer(const Layer& layer, std::size_t depth) {
    std::string head(name(layer.kind));
    std::vector<std::string> facts;
    if (layer.kind == Layer::Kind::Signed) facts.emplace_back(name(layer.form));
    if (!layer.algorithm.empty()) facts.push_back(printable(layer.algorithm));
    if (!layer.content_type.empty() && layer.content_type != "data") {
      facts.push_back("holds " + printable(layer.content_type));
    }
    if (layer.errant) facts.push_back("part " + printable(layer.place) + " alone");
    if (!facts.empty()) head += ": " + join(facts, ", ");
    line(depth, head);
    for (const RecipientVerdict& recipient : layer.recipients) add_recipient(recipient, depth + 1);
    for (const SignerVerdict& signer : layer.signers) add_signer(signer, depth + 1);
  }

  // All recipients with -v; else those that matter to the reader.
  void add_recipient(const RecipientVerdict& recipient, std::size_t depth) {
    if (!recipient.opened && !is_verbose()) return;
    std::string text = "for " + issued_by(recipient.identifier) + ": " + recipient.kind;
    if (!recipient.algorithm.empty()) text += ", " + printable(recipient.algorithm);
    if (recipient.opened) text += ", opened";
    line(depth, text);
  }

  void add_signer(const SignerVerdict& signer, std::size_t depth) {
    std::string status(name(signer.status));
    line(depth, signer_name(signer) + ": " +
                    paint(status, paint_of(signer.status), console_.has_colour()));
    std::vector<std::string> facts;
    if (signer.signing_time) facts.push_back("at " + to_iso8601(*signer.signing_time));
    if (!signer.algorithm.empty()) facts.push_back(printable(signer.algorithm));
    if (!facts.empty()) line(depth + 1, join(facts, ", "));
    if (!signer.path.empty()) line(depth + 1, path_text(signer.path));
    for (const TimestampVerdict& one : signer.timestamps) add_timestamp(one, depth + 1);
    if (is_verbose()) add_signer_details(signer, depth + 1);
    for (const SignerVerdict& one : signer.countersigners) {
      line(depth + 1, "countersigned:");
      add_signer(one, depth + 2);
    }
  }

  void add_timestamp(const TimestampVerdict& timestamp, std::size_t depth) {
    std::string who = timestamp.certificate ? short_name(*timestamp.certificate)
                                            : issued_by(timestamp.identifier);
    line(depth,
         "timestamp" + (timestamp.time ? " " + to_iso8601(*timestamp.time) : "") +
             (who.empty() ? "" : " by " + who) + ": " +
             paint(name(timestamp.status), paint_of(timestamp.status), console_.has_colour()));
  }

  std::string path_text(const std::vector<Certificate>& path) const {
    std::vector<std::string> names;
    for (const Certificate& certificate : path) {
      names.push_back(is_verbose() ? printable(certificate.subject()) : short_name(certificate));
    }
    return "path: " + join(names, " < ");
  }

  void add_signer_details(const SignerVerdict& signer, std::size_t depth) {
    if (signer.certificate) {
      line(depth, "key: " + printable(signer.certificate->key_description()) + ", certificate " +
                      to_hex(signer.certificate->sha256()) + ", valid until " +
                      to_iso8601(signer.certificate->not_after()));
    }
    std::vector<std::string> names;
    for (const std::string& capability : signer.capabilities) {
      std::string name = printable(capability);
      bool is_repeated = !names.empty() && names.back() == name;  // with other parameters
      if (!is_repeated) names.push_back(std::move(name));
    }
    if (!names.empty()) line(depth, "capabilities: " + join(names, ", "));
  }

  void add_headers() {
    const Headers& headers = verdict_.headers;
    if (!headers.is_protected) return;
    std::vector<std::string> differing;
    std::size_t count = 0;
    for (const HeaderField& field : headers.fields) {
      if (field.state != HeaderField::State::Unprotected) ++count;
      if (field.differs) differing.push_back(printable(field.name));
    }
    std::string text =
        "header: " + std::to_string(count) + (count == 1 ? " field" : " fields") + " protected";
    if (!headers.mode.empty()) text += " (" + headers.mode + ")";
    if (!differing.empty()) text += "; changed outside: " + join(differing, ", ");
    line(1, text);
    for (const HeaderField& field : headers.fields) add_field(field);
  }

  // What the reader should believe where outside and inside differ.
  void add_field(const HeaderField& field) {
    bool hidden = field.outer_value && *field.outer_value != field.value;
    if (!is_verbose() && !field.differs && !hidden) return;
    std::string text = printable(field.name) + ": " + printable(field.value);
    if (hidden || field.differs) {
      text += field.outer_value ? " (outside: " + printable(*field.outer_value) + ")"
                                : " (outside: absent)";
    } else if (is_verbose()) {
      text += " (" + std::string(name(field.state)) + ")";
    }
    line(2, text);
  }

  void add_finding(const Finding& finding) {
    if (finding.severity == Severity::Note && !is_verbose()) return;
    std::string mark(severity_name(finding.severity));
    std::string text = paint(mark + ":", paint_of(finding.severity), console_.has_colour()) + " ";
    if (!finding.place.empty()) text += printable(finding.place) + ": ";
    line(1, text + rule_text(finding));
    std::string_view advice = info(finding.rule).advice;
    if (!advice.empty() && finding.severity != Severity::Note) {
      line(2, "hint: " + std::string(advice));
    }
  }

  const Verdict& verdict_;
  const Console& console_;
  std::string text_;
};

}  // namespace

std::string short_name(const Certificate& certificate) {
  std::string name = certificate.common_name();
  bool whole = name == certificate.subject();
  return printable(whole ? name : "CN=" + name);
}

std::string verdict_text(const Verdict& verdict, Judged judged, const Console& console) {
  return Text(verdict, console).make(judged);
}

}  // namespace bulla::cli
