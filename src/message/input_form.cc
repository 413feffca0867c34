#include "message/input_form.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "cms/content_type.h"
#include "mime/base64.h"

namespace bulla {
namespace {

constexpr std::string_view kArmor = "-----BEGIN ";
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Octets of base64 that hold the beginning of a ContentInfo: 23 octets are 32 digits, the
// rest is room for line ends.
constexpr std::size_t kBase64Beginning = 128;

// SEQUENCE, with a long length or the OID of ContentInfo behind it: "0" may begin a field
// name as well.
bool is_der(ByteView beginning) {
  if (beginning.size() < 3 || beginning[0] != 0x30) return false;
  return beginning[1] >= 0x80 || beginning[2] == 0x06;
}

// A SEQUENCE begins with "M" and one of "A" to "P"; no line with a colon, a blank or a hyphen
// is base64.
bool may_be_base64(std::string_view text) {
  if (!text.starts_with('M') || (text.size() > 1 && (text[1] < 'A' || text[1] > 'P'))) return false;
  std::string_view digits = text.substr(0, text.find('='));
  return std::all_of(digits.begin(), digits.end(), [](char c) {
    return c == '\r' || c == '\n' || kAlphabet.find(c) != std::string_view::npos;
  });
}

// ContentInfo ::= SEQUENCE { contentType ContentType, content [0] EXPLICIT ANY }
// ContentType ::= OBJECT IDENTIFIER (RFC 5652 3), one that CMS knows
bool begins_content_info(ByteView der) {
  if (!is_der(der)) return false;
  std::size_t at = der[1] > 0x80 ? 2 + (der[1] & 0x7fu) : 2;
  if (at + 2 > der.size() || der[at] != 0x06 || at + 2 + der[at + 1] > der.size()) return false;
  auto oid = Oid::from_der(der.subspan(at + 2, der[at + 1]));
  return oid && cms::content_type(*oid) != cms::ContentType::Other;
}

bool is_base64_cms(ByteView beginning) {
  std::string_view text = as_text(beginning).substr(0, kBase64Beginning);
  if (!may_be_base64(text)) return false;
  std::string digits(text.substr(0, text.find('=')));
  std::erase_if(digits, [](char c) { return c == '\r' || c == '\n'; });
  digits.resize(digits.size() / 4 * 4);
  MemorySink der;
  mime::Base64Decoder decoder(der);
  return decoder.write(as_bytes(digits)) && decoder.finish() && begins_content_info(der.bytes());
}

class Base64Stage final : public Sink {
 public:
  explicit Base64Stage(std::unique_ptr<Sink> next) : next_(std::move(next)), decoder_(*next_) {}

  Result<void> write(ByteView bytes) override {
    offset_ += bytes.size();
    return decoder_.write(bytes);
  }

  Result<void> finish() override {
    TRY_VOID(decoder_.flush());
    if (decoder_.saw().foreign + decoder_.saw().after_padding > 0) {
      return failure(Rule::MimeBadBase64, offset_);
    }
    return next_->finish();
  }

 private:
  std::unique_ptr<Sink> next_;
  mime::Base64Decoder decoder_;
  std::uint64_t offset_ = 0;
};

// CMS in PEM (RFC 7468 8 and 9): text around the armor is passed over.
class ArmorStage final : public Sink {
 public:
  explicit ArmorStage(std::unique_ptr<Sink> next) : decoder_(make_base64_stage(std::move(next))) {}

  Result<void> write(ByteView bytes) override {
    std::string_view text = as_text(bytes);
    while (!text.empty()) {
      std::size_t end = text.find('\n');
      std::size_t count = end == text.npos ? text.size() : end + 1;
      // 1,024: RFC 7468 lines have 64 characters; nobody writes longer ones than 998.
      if (line_.size() + count > 1024) return failure(Rule::LimitSize, offset_);
      line_ += text.substr(0, count);
      text.remove_prefix(count);
      offset_ += count;
      if (end != std::string_view::npos) TRY_VOID(take_line());
    }
    return {};
  }

  Result<void> finish() override {
    TRY_VOID(take_line());
    if (state_ != State::After) return failure(Rule::Asn1Truncated, offset_, "no end line");
    return {};
  }

 private:
  enum class State { Before, Inside, After };

  // RFC 7468 8 and 9; the last two are what gpgsm --armor writes (tests/interop).
  static bool is_cms_label(std::string_view line) {
    std::string_view label = line.substr(kArmor.size());
    label = label.substr(0, label.find("-----"));
    return label == "CMS" || label == "PKCS7" || label == "PKCS #7 SIGNED DATA" ||
           label == "SIGNED MESSAGE" || label == "ENCRYPTED MESSAGE";
  }

  Result<void> take_line() {
    std::string line(trim(line_));
    line_.clear();
    if (state_ == State::Before && line.starts_with(kArmor)) {
      if (!is_cms_label(line)) return failure(Rule::CmsContentType, offset_, line);
      state_ = State::Inside;
      return {};
    }
    if (state_ != State::Inside) return {};
    if (line.starts_with("-----END ")) {
      state_ = State::After;
      return decoder_->finish();
    }
    return decoder_->write(as_bytes(line));
  }

  std::unique_ptr<Sink> decoder_;
  State state_ = State::Before;
  std::string line_;
  std::uint64_t offset_ = 0;
};

// Holds the beginning until it tells the form.
class FormStage final : public Sink {
 public:
  explicit FormStage(MakeStage make) : make_(std::move(make)) {}

  Result<void> write(ByteView bytes) override {
    if (next_) return next_->write(bytes);
    append(beginning_, bytes);
    return needs_more(beginning_) ? Result<void>() : choose();
  }

  Result<void> finish() override {
    if (!next_) TRY_VOID(choose());
    return next_->finish();
  }

 private:
  Result<void> choose() {
    if (beginning_.empty()) return failure(Rule::IoNoInput, 0, "the input is empty");
    next_ = make_(input_form(beginning_), as_text(beginning_));
    Bytes beginning = std::move(beginning_);
    return next_->write(beginning);
  }

  MakeStage make_;
  Bytes beginning_;
  std::unique_ptr<Sink> next_;
};

}  // namespace

bool needs_more(ByteView beginning) {
  if (beginning.size() < kArmor.size()) return true;
  return beginning.size() < kBase64Beginning && may_be_base64(as_text(beginning));
}

InputForm input_form(ByteView beginning) {
  if (is_der(beginning)) return InputForm::Der;
  if (as_text(beginning).starts_with(kArmor)) return InputForm::Pem;
  return is_base64_cms(beginning) ? InputForm::Base64 : InputForm::Mail;
}

std::unique_ptr<Sink> make_form_stage(MakeStage make) {
  return std::make_unique<FormStage>(std::move(make));
}

std::unique_ptr<Sink> make_armor_stage(std::unique_ptr<Sink> next) {
  return std::make_unique<ArmorStage>(std::move(next));
}

std::unique_ptr<Sink> make_base64_stage(std::unique_ptr<Sink> next) {
  return std::make_unique<Base64Stage>(std::move(next));
}

}  // namespace bulla
