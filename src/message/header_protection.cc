#include "message/header_protection.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "base/text.h"
#include "message/hcp.h"
#include "mime/address.h"
#include "mime/words.h"
#include "x509/address_match.h"

namespace bulla {
namespace {

using mime::Field;
using mime::Header;

constexpr std::string_view kHpOuter = "HP-Outer";

template <std::size_t size>
bool is_any(const Field& field, const std::array<std::string_view, size>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return field.is(name); });
}

// Fields that relays write, before the composer's (RFC 5321 4.4, RFC 6376, RFC 8601,
// RFC 8617). Inside a payload they prove nothing (T-94).
bool is_trace(const Field& field) {
  constexpr std::array<std::string_view, 8> kNames = {
      "Return-Path",  "Received",     "DKIM-Signature", "Authentication-Results",
      "Received-SPF", "Delivered-To", "X-Original-To",  "DomainKey-Signature"};
  return is_any(field, kNames) || equal_ignoring_case(field.name.substr(0, 4), "ARC-");
}

// Fields that a composer writes and a person sees, or that steer an answer. Others may
// come from a mailing list on the way (HP-31).
bool is_composed(const Field& field) {
  constexpr std::array<std::string_view, 13> kNames = {
      "From",         "Sender",   "Reply-To", "To",          "Cc",         "Subject",
      "Date",         "Comments", "Keywords", "In-Reply-To", "References", "Mail-Followup-To",
      "Mail-Reply-To"};
  return is_any(field, kNames);
}

// What steers answers and threads, and so must come from the protected set (HP-32).
bool is_steering(const Field& field) {
  constexpr std::array<std::string_view, 6> kNames = {
      "Reply-To",         "In-Reply-To",   "References",
      "Mail-Followup-To", "Mail-Reply-To", "Disposition-Notification-To"};
  return is_any(field, kNames);
}

bool is_blind_copy(const Field& field) {
  constexpr std::array<std::string_view, 2> kNames = {"Bcc", "Resent-Bcc"};
  return is_any(field, kNames);
}

// A field that header protection copies: it has a name and does not describe the body. An
// HP-Outer that stands elsewhere than in a payload root says nothing (HP-10).
bool is_protectable(const Field& field) {
  return !field.name.empty() && !mime::is_structural(field.name) && !field.is(kHpOuter);
}

void append(Bytes& to, std::string_view text) { bulla::append(to, as_bytes(text)); }

// What follows the colon, with its folds; the blank after the colon and the last line
// end taken off.
std::string_view value_of_line(std::string_view line) {
  return trim(line.substr(line.find(':') + 1));
}

// HP-Outer: name ":" SP value (RFC 9788 2.2.1, HP-09)
std::string hp_outer_line(std::string_view name, std::string_view outer_line) {
  return std::string(kHpOuter) + ": " + std::string(name) + ": " +
         std::string(value_of_line(outer_line)) + "\r\n";
}

// Blanks and folds are no difference: relays change them.
std::string collapsed(std::string_view text) {
  std::string result;
  for (char c : text) {
    bool blank = c == ' ' || c == '\t';
    if (blank && (result.empty() || result.back() == ' ')) continue;
    result += blank ? ' ' : c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::string normalized(std::string_view value) { return collapsed(mime::decode_words(value)); }

struct NamedValue {
  std::string name;   // lower case
  std::string value;  // normalized

  friend bool operator==(const NamedValue&, const NamedValue&) = default;
  friend bool operator<(const NamedValue& a, const NamedValue& b) {
    return a.name != b.name ? a.name < b.name : a.value < b.value;
  }
};

// Fields of one header, by name; equal names keep their order.
class FieldSet {
 public:
  void add(std::string_view name, std::string_view value) {
    values_.push_back({lower(name), normalized(value)});
  }
  void sort() {
    std::stable_sort(values_.begin(), values_.end(),
                     [](const NamedValue& a, const NamedValue& b) { return a.name < b.name; });
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.end());
  }
  bool has(std::string_view name, std::string_view value) const {
    return std::binary_search(sorted_.begin(), sorted_.end(),
                              NamedValue{lower(name), normalized(value)});
  }
  std::span<const NamedValue> with_name(const std::string& name) const {
    auto is_less = [](const NamedValue& a, const NamedValue& b) { return a.name < b.name; };
    auto [first, last] =
        std::equal_range(values_.begin(), values_.end(), NamedValue{name, {}}, is_less);
    return {first, last};
  }

 private:
  std::vector<NamedValue> values_;
  std::vector<NamedValue> sorted_;
};

FieldSet protectable_fields(const Header& header) {
  FieldSet set;
  for (const Field& field : header.fields()) {
    if (is_protectable(field)) set.add(field.name, field.value);
  }
  set.sort();
  return set;
}

// refouter of HeaderSetsFromMessage (RFC 9788 4.2.1): what the composer says that the
// outside had. Split at the first colon, then blanks are skipped (HP-11).
FieldSet stated_outer_fields(const Header& payload) {
  FieldSet set;
  for (const Field* field : payload.find_all(kHpOuter)) {
    std::string line = field->unfolded();
    std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    set.add(trim(std::string_view(line).substr(0, colon)), line.substr(colon + 1));
  }
  set.sort();
  return set;
}

// "clear" or "cipher", or empty if headers are not protected by RFC 9788 (HP-25). A
// parameter that is there twice says nothing.
std::string hp_mode(const mime::ContentType& type) {
  auto hp = type.get("hp");
  const auto& conflicts = type.parameters.conflicts();
  if (!hp || std::find(conflicts.begin(), conflicts.end(), "hp") != conflicts.end()) return {};
  std::string mode = lower(*hp);
  return mode == "clear" || mode == "cipher" ? mode : std::string();
}

// The scheme before RFC 9788 of Thunderbird and others (draft-autocrypt-lamps-protected-headers).
bool has_older_scheme(const mime::ContentType& type) {
  auto scheme = type.get("protected-headers");
  return scheme && equal_ignoring_case(scheme->substr(0, 2), "v1");
}

// The state of one field (RFC 9788 4.3.1, HP-27). A signature that fails lowers it, and that is
// all (HP-29). With hp="clear" under an encryption no
// field counts as confidential: a relay may have added it (HP-28).
HeaderField::State field_state(const PayloadProtection& protection, bool was_hidden) {
  using State = HeaderField::State;
  if (protection.is_encrypted && was_hidden) {
    return protection.has_valid_signature ? State::SignedAndEncrypted : State::EncryptedOnly;
  }
  return protection.has_valid_signature ? State::SignedOnly : State::Unprotected;
}

// The address of a header's one From with one or more mailboxes, else empty.
std::string from_address(const Header& header) {
  std::vector<const Field*> all = header.find_all("From");
  if (all.size() != 1) return {};
  mime::AddressList list = mime::parse_address_list(all[0]->value);
  return list.ambiguous || list.mailboxes.empty() ? std::string() : list.mailboxes[0].addr_spec;
}

// Whether the outside shows another sender: addresses decide, names do not (HP-33, HP-36).
// What cannot be read for sure differs; without a From outside there is none to believe.
bool from_differs(const Headers& headers, const HeaderField& inner, const Header& outer) {
  std::vector<const Field*> all = outer.find_all("From");
  if (all.empty()) return false;
  if (all.size() > 1) return true;
  if (inner.outer_value == collapsed(inner.value)) return false;
  mime::AddressList list = mime::parse_address_list(all[0]->value);
  if (headers.from.empty() || list.mailboxes.empty()) return true;
  return !std::all_of(list.mailboxes.begin(), list.mailboxes.end(), [&](const auto& mailbox) {
    return x509::equal_addresses(mailbox.addr_spec, headers.from, x509::LocalPart::IgnoreCase);
  });
}

std::set<std::string> names_of(const Header& header) {
  std::set<std::string> names;
  for (const Field& field : header.fields()) names.insert(lower(field.name));
  return names;
}

// The one place that compares: fields of the payload, the outside that the composer
// states, and the outside as received.
Headers compare(const Header& payload, const FieldSet& stated, bool may_be_hidden,
                const Header& outer, const PayloadProtection& protection) {
  Headers result;
  result.is_protected = true;
  FieldSet actual = protectable_fields(outer);
  std::map<std::string, std::size_t> seen;  // how many fields of a name there were so far
  for (const Field& field : payload.fields()) {
    if (!is_protectable(field) || is_trace(field)) continue;
    std::string name = lower(field.name);
    std::span<const NamedValue> expected_values = stated.with_name(name);
    std::span<const NamedValue> actual_values = actual.with_name(name);
    std::size_t index = seen[name]++;
    // No HP-Outer has it as it is: its sender changed it outside or took it away (HP-12).
    bool was_hidden = may_be_hidden && !stated.has(field.name, field.value);
    HeaderField entry;
    entry.name = field.name;
    entry.value = mime::decode_words(field.value);
    entry.state = field_state(protection, was_hidden);
    entry.differs = !std::equal(expected_values.begin(), expected_values.end(),
                                actual_values.begin(), actual_values.end());
    if (index < actual_values.size()) entry.outer_value = actual_values[index].value;
    result.fields.push_back(std::move(entry));
  }
  return result;
}

void add_from_and_subject(Headers& headers, const Header& source, const Header& outer) {
  headers.from = from_address(source.find("From") != nullptr ? source : outer);
  const Field* subject = source.find("Subject");
  if (subject == nullptr) subject = outer.find("Subject");
  if (subject != nullptr) headers.subject = mime::decode_words(subject->value);
}

bool is_protected(const Header& payload) {
  const mime::ContentType& type = payload.content_type();
  return !hp_mode(type).empty() || has_older_scheme(type);
}

// "type/subtype" and its parameters but hp, as they were understood.
std::string rewritten_type(const mime::ContentType& type) {
  std::string value = type.name();
  for (const mime::Parameter& parameter : type.parameters.all()) {
    if (parameter.name != "hp") value += mime::write_parameter(parameter.name, parameter.value);
  }
  return value;
}

// The Content-Type of a payload root that leaves its protection: hp stands on the root of a
// cryptographic payload and on no other entity (HP-02, HP-03).
std::string type_without_hp(const Field& field, const mime::ContentType& type) {
  std::string line = canonical_line(field);
  std::string addition = ";\r\n hp=\"" + hp_mode(type) + "\"\r\n";
  bool is_appended = !type.malformed && !type.parameters.malformed() && line.ends_with(addition);
  if (!is_appended) return mime::write_field("Content-Type", rewritten_type(type));
  return line.substr(0, line.size() - addition.size()) + "\r\n";
}

void append_line(Bytes& to, const Field& field) {
  append(to, field.raw);
  if (!field.raw.ends_with('\n')) append(to, "\r\n");
}

}  // namespace

ProtectedFields protect_fields(const Header& header, HeaderConfidentiality policy,
                               Confidentiality confidentiality) {
  // Only what is encrypted can hide anything: of what is signed all stands outside too (HP-07).
  ProtectedFields result;
  bool encrypted = confidentiality == Confidentiality::Encrypted;
  result.hp = encrypted ? "cipher" : "clear";
  Bytes stated_outer;
  for (const Field& field : header.fields()) {
    if (!is_protectable(field) || is_blind_copy(field)) continue;
    std::string line = canonical_line(field);
    if (is_trace(field)) {
      append(result.outer, line);
      continue;
    }
    append(result.inner, line);
    if (encrypted) {
      std::optional<std::string> outer = apply_hcp(policy, field);
      if (!outer) continue;
      append(stated_outer, hp_outer_line(field.name, *outer));
      line = std::move(*outer);
    }
    append(result.outer, line);
  }
  bulla::append(result.inner, stated_outer);
  return result;
}

Bytes content_type_with_hp(const Header& header, std::string_view hp) {
  std::string addition = hp.empty() ? std::string() : "; hp=\"" + std::string(hp) + "\"";
  const Field* field = header.find("Content-Type");
  if (field == nullptr) {
    return to_bytes("Content-Type: text/plain; charset=\"us-ascii\"" + addition + "\r\n");
  }
  const mime::ContentType& type = header.content_type();
  bool is_clean = !type.malformed && !type.parameters.malformed() && !type.get("hp") &&
                  !trim(field->value).ends_with(';');
  std::string line =
      is_clean ? canonical_line(*field) : mime::write_field("Content-Type", rewritten_type(type));
  if (addition.empty()) return to_bytes(line);
  line.resize(line.size() - 2);
  return to_bytes(line + ";\r\n " + addition.substr(2) + "\r\n");
}

Headers read_headers(const Header& outer, const Header& payload,
                     const PayloadProtection& protection) {
  if (!is_protected(payload)) {
    Headers result;
    add_from_and_subject(result, outer, outer);
    return result;
  }
  std::string mode = hp_mode(payload.content_type());
  if (mode.empty()) return read_wrapped_headers(outer, payload, protection);
  // Both sets come from the payload root; the outside is compared with them alone (HP-26).
  bool may_be_hidden = mode == "cipher";
  FieldSet stated = may_be_hidden ? stated_outer_fields(payload) : protectable_fields(payload);
  Headers result = compare(payload, stated, may_be_hidden, outer, protection);
  result.mode = mode;
  add_from_and_subject(result, payload, outer);
  return result;
}

void mark_signed(Headers& headers) {
  using State = HeaderField::State;
  for (HeaderField& field : headers.fields) {
    if (field.state == State::EncryptedOnly) field.state = State::SignedAndEncrypted;
    if (field.state == State::Unprotected) field.state = State::SignedOnly;
  }
}

bool wraps_message(const Header& payload) {
  const mime::ContentType& type = payload.content_type();
  return type.is("message", "rfc822") && hp_mode(type).empty() && !has_older_scheme(type);
}

Headers read_wrapped_headers(const Header& outer, const Header& wrapped,
                             const PayloadProtection& protection) {
  // Nothing inside says what stood outside: of an encrypted message the outside is taken as
  // the sender's, of a signed one it must be the same.
  FieldSet stated = protectable_fields(protection.is_encrypted ? outer : wrapped);
  Headers result = compare(wrapped, stated, protection.is_encrypted, outer, protection);
  add_from_and_subject(result, wrapped, outer);
  return result;
}

Findings check_headers(const Headers& headers, const Header& outer,
                       const PayloadProtection& protection, SignerIsFrom signer_is_from) {
  constexpr const char* kPlace = "headers";
  Findings findings;
  if (!headers.is_protected) return findings;
  if (headers.mode.empty()) findings.push_back(Finding::of(Rule::HpLegacyScheme, kPlace));
  if (headers.mode == "clear" && protection.is_encrypted) {
    findings.push_back(Finding::of(Rule::HpWrongMode, kPlace));
  }
  Rule differs = headers.mode == "cipher" ? Rule::HpOuterDiffers : Rule::HpFieldDiffers;
  std::set<std::string> inside;
  for (const HeaderField& field : headers.fields) {
    inside.insert(lower(field.name));
    std::string detail = field.name + ": " + field.value + " inside, " +
                         field.outer_value.value_or("nothing") + " outside";
    bool is_from = equal_ignoring_case(field.name, "From");
    if (is_from && from_differs(headers, field, outer)) {
      Finding finding = Finding::of(Rule::HpFromDiffers, kPlace, detail);
      // Whoever reads the outside alone sees another sender than the one who signed; if nobody
      // did, it is a failure that shows both (HP-34).
      if (signer_is_from == SignerIsFrom::Yes) finding.severity = Severity::Indeterminate;
      findings.push_back(finding);
    } else if (field.differs) {
      findings.push_back(Finding::of(differs, kPlace, detail));
    }
  }
  for (const Field& field : outer.fields()) {
    if (!is_composed(field) || inside.contains(lower(field.name))) continue;
    findings.push_back(Finding::of(Rule::HpFieldUnprotected, kPlace, std::string(field.name)));
  }
  return findings;
}

Bytes merge_headers(const Header& outer, const Header& payload, InnerFields inner) {
  // What is protected takes the place of its twin outside (HP-30). Who is judged as the sender
  // and who is shown must be the same: older schemes are read for the verdict alone.
  const mime::ContentType& type = payload.content_type();
  bool has_hp = !hp_mode(type).empty();
  bool takes_inner = inner == InnerFields::Taken && has_hp;
  std::set<std::string> inside = names_of(payload);
  Bytes result;
  for (const Field& field : outer.fields()) {
    bool is_replaced = takes_inner && !is_trace(field) &&
                       (inside.contains(lower(field.name)) || is_steering(field));
    if (is_protectable(field) && !is_replaced) append_line(result, field);
  }
  for (const Field& field : payload.fields()) {
    if (takes_inner && is_protectable(field) && !is_trace(field)) append_line(result, field);
  }
  const Field* version = outer.find("MIME-Version");
  if (version != nullptr && !inside.contains("mime-version")) append_line(result, *version);
  for (const Field& field : payload.fields()) {
    if (!mime::is_structural(field.name)) continue;
    if (has_hp && field.is("Content-Type")) {
      append(result, type_without_hp(field, type));
    } else {
      append_line(result, field);
    }
  }
  return result;
}

}  // namespace bulla
