#include "mime/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"

namespace bulla::mime {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// windows-1252, 0x80 to 0x9f; the five unassigned octets are what the WHATWG table says.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

char32_t latin1(unsigned char octet) { return octet; }

char32_t windows_1252(unsigned char octet) {
  return octet >= 0x80 && octet < 0xa0 ? kWindows1252[octet - 0x80u] : octet;
}

// ISO-8859-15 differs from ISO-8859-1 in eight places.
char32_t latin9(unsigned char octet) {
  switch (octet) {
    case 0xa4:
      return 0x20ac;
    case 0xa6:
      return 0x0160;
    case 0xa8:
      return 0x0161;
    case 0xb4:
      return 0x017d;
    case 0xb8:
      return 0x017e;
    case 0xbc:
      return 0x0152;
    case 0xbd:
      return 0x0153;
    case 0xbe:
      return 0x0178;
    default:
      return octet;
  }
}

std::string from_table(std::string_view text, char32_t (*code_point)(unsigned char)) {
  std::string result;
  for (char c : text) append_utf8(result, code_point(static_cast<unsigned char>(c)));
  return result;
}

constexpr std::array<std::string_view, 35> kForIconv = {
    "big5",         "euc-jp",       "euc-kr",       "gb18030",      "gb2312",       "gbk",
    "iso-2022-jp",  "iso-2022-kr",  "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",
    "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-13",
    "iso-8859-14",  "iso-8859-16",  "koi8-r",       "koi8-u",       "shift_jis",    "tis-620",
    "utf-16",       "utf-16be",     "utf-16le",     "windows-1250", "windows-1251", "windows-1253",
    "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258"};

class Converter {
 public:
  explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view text) {
    std::string input(text);
    char* in = input.data();
    std::size_t left = input.size();
    std::string result;
    while (left > 0) {
      std::array<char, 1024> buffer;
      char* out = buffer.data();
      std::size_t room = buffer.size();
      std::size_t done = iconv(handle_, &in, &left, &out, &room);
      int reason = errno;
      result.append(buffer.data(), buffer.size() - room);
      if (done != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
      result += kReplacement;
      ++in;
      --left;
    }
    return result;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::string repair_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string result;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size <= 4 && size <= text.size() && !is_utf8(text.substr(0, size))) ++size;
    bool good = size <= 4 && size <= text.size();
    result += good ? text.substr(0, size) : kReplacement;
    text.remove_prefix(good ? size : 1);
  }
  return result;
}

std::optional<std::string> to_utf8(std::string_view charset, std::string_view text) {
  std::string name = lower(charset);
  if (name == "utf-8" || name == "utf8") return repair_utf8(text);
  // Octets past ASCII under the label us-ascii are windows-1252 more often than anything else.
  if (name == "us-ascii" || name == "ascii") {
    return is_utf8(text) ? std::string(text) : from_table(text, windows_1252);
  }
  if (name == "iso-8859-1" || name == "latin1") return from_table(text, latin1);
  if (name == "iso-8859-15") return from_table(text, latin9);
  if (name == "windows-1252" || name == "cp1252") return from_table(text, windows_1252);
  if (std::find(kForIconv.begin(), kForIconv.end(), name) == kForIconv.end()) return std::nullopt;
  Converter converter(name);
  if (!converter.is_open()) return std::nullopt;
  return repair_utf8(converter.convert(text));
}

}  // namespace bulla::mime
