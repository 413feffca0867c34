#include "mime/prepare_header.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/try.h"
#include "mime/address.h"
#include "mime/charset.h"
#include "mime/kernels.h"
#include "mime/line_filters.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

bool is_seven_bit(std::string_view text) {
  return kernels::find_not_seven_bit(as_bytes(text)) == text.size();
}

bool has_long_line(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxLineOctets) return true;
  }
  return false;
}

std::string with_crlf(std::string_view raw) {
  std::string result;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r')) result += '\r';
    result += raw[i];
  }
  return result;
}

// A value as UTF-8. Raw octets that are not UTF-8 are in practice windows-1252.
std::string as_utf8(std::string_view value) {
  std::string text = unfold(value);
  return is_utf8(text) ? text : to_utf8("windows-1252", text).value_or(text);
}

std::string write_parameters(std::string start, const Parameters& parameters) {
  for (const Parameter& parameter : parameters.all()) {
    start += write_parameter(parameter.name, parameter.value);
  }
  return start;
}

constexpr std::array<std::string_view, 11> kAddressFields = {
    "from",        "sender",        "reply-to",  "to",        "cc",        "bcc",
    "resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc"};

bool is_address_field(std::string_view name) {
  return std::any_of(kAddressFields.begin(), kAddressFields.end(),
                     [&](std::string_view row) { return equal_ignoring_case(row, name); });
}

std::string write_display_name(std::string_view name) {
  std::string words = encode_words(name);
  if (words != name) return words;
  std::string result = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// Nothing if the field cannot be written in ASCII without a change of meaning.
std::optional<std::string> write_addresses(std::string_view value) {
  AddressList list = parse_address_list(value);
  if (list.ambiguous) return std::nullopt;
  std::string result;
  for (const Mailbox& mailbox : list.mailboxes) {
    if (mailbox.in_group || !is_seven_bit(mailbox.addr_spec)) return std::nullopt;
    if (!result.empty()) result += ", ";
    if (mailbox.display_name.empty()) {
      result += mailbox.addr_spec;
    } else {
      result += write_display_name(mailbox.display_name) + " <" + mailbox.addr_spec + ">";
    }
  }
  return result;
}

// The field in ASCII, on lines that fit.
Result<std::string> rewrite(const Field& field) {
  Error error{Rule::MimeNotSevenBit, field.offset, "header field " + std::string(field.name)};
  if (field.name.empty()) return tl::unexpected(std::move(error));
  std::string value = as_utf8(field.value);
  if (field.is("Content-Type")) {
    ContentType type = ContentType::parse(value);
    if (!is_seven_bit(type.name())) return tl::unexpected(std::move(error));
    return write_field(field.name, write_parameters(type.name(), type.parameters));
  }
  if (field.is("Content-Disposition")) {
    ContentDisposition disposition = ContentDisposition::parse(value);
    if (!is_seven_bit(disposition.kind)) return tl::unexpected(std::move(error));
    return write_field(field.name, write_parameters(disposition.kind, disposition.parameters));
  }
  if (!is_address_field(field.name)) {
    return write_field(field.name, encode_words(decode_words(value)));
  }
  std::optional<std::string> addresses = write_addresses(value);
  if (!addresses) return tl::unexpected(std::move(error));
  return write_field(field.name, *addresses);
}

}  // namespace

Result<std::string> prepare_header(const Header& header, PrepareMode mode,
                                   std::optional<TransferEncoding> encoding) {
  constexpr std::string_view kEncoding = "Content-Transfer-Encoding";
  std::string result;
  bool label_due = encoding.has_value();
  for (const Field& field : header.fields()) {
    bool good =
        mode == PrepareMode::Binary || (is_seven_bit(field.raw) && !has_long_line(field.raw));
    if (label_due && field.is(kEncoding)) {
      result += write_field(kEncoding, transfer_encoding_name(*encoding));
      label_due = false;
    } else {
      result += good ? with_crlf(field.raw) : TRY(rewrite(field));
    }
  }
  if (label_due) {
    if (!result.empty() && !result.ends_with('\n')) result += "\r\n";
    result += write_field(kEncoding, transfer_encoding_name(*encoding));
  }
  if (!header.empty_line().empty()) result += "\r\n";
  return result;
}

}  // namespace bulla::mime
