// Content-Type, Content-Disposition and Content-Transfer-Encoding.
//
//   ContentType type = ContentType::parse(R"(multipart/signed; micalg="sha-256"; boundary=b)");
//   if (type.is("multipart", "signed")) start(*type.get("boundary"));
//
// Parsing never fails, for what is in the mail must be shown: what does not fit
// the grammar sets malformed(), and a parameter that is given twice is listed
// in conflicts(); the first one counts (RFC 2045 5.1, RFC 2231; threat T-106).
// The cost is n log n in the length of the value.
//
// Thread safety: values, as std::string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::mime {

// One parameter after RFC 2231 decoding: a lower-case name and a value in UTF-8.
struct Parameter {
  std::string name;
  std::string value;
};

class Parameters {
 public:
  // Parses *(";" parameter), with comments, continuations and charsets.
  static Parameters parse(std::string_view text);

  // The value, if the parameter is there. The name in lower case.
  std::optional<std::string_view> get(std::string_view name) const;

  const std::vector<Parameter>& all() const { return all_; }

  // Names given more than once, in lower case, each once.
  const std::vector<std::string>& conflicts() const { return conflicts_; }
  bool malformed() const { return malformed_; }

 private:
  std::vector<Parameter> all_;
  std::vector<std::string> conflicts_;
  bool malformed_ = false;
};

struct ContentType {
  std::string type = "text";  // lower case, as is the subtype
  std::string subtype = "plain";
  Parameters parameters;
  bool malformed = false;  // type or subtype; then the default of RFC 2045 5.2 stands here

  // Parses a field's value, folded or not.
  static ContentType parse(std::string_view value);

  bool is(std::string_view a_type, std::string_view a_subtype) const {
    return type == a_type && subtype == a_subtype;
  }
  std::optional<std::string_view> get(std::string_view name) const { return parameters.get(name); }
  std::string name() const { return type + "/" + subtype; }
};

struct ContentDisposition {
  std::string kind;  // "inline", "attachment", … in lower case; empty if there is none
  Parameters parameters;

  static ContentDisposition parse(std::string_view value);

  std::optional<std::string_view> get(std::string_view name) const { return parameters.get(name); }
};

enum class TransferEncoding : std::uint8_t {
  SevenBit,
  EightBit,
  Binary,
  Base64,
  QuotedPrintable,
  Unknown,
};

// Parses the mechanism (RFC 2045 6.1). Absent is SevenBit: that is for the caller to say.
TransferEncoding parse_transfer_encoding(std::string_view value);

// "7bit", "base64", …; empty for Unknown.
std::string_view transfer_encoding_name(TransferEncoding encoding);

// Whether the octets of the body are the octets of the data (RFC 2045 6.2).
constexpr bool is_identity(TransferEncoding encoding) {
  return encoding == TransferEncoding::SevenBit || encoding == TransferEncoding::EightBit ||
         encoding == TransferEncoding::Binary;
}

}  // namespace bulla::mime
