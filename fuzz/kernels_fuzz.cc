// Kernels: on each instruction set the processor has, they do what their scalar twins say.

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "mime/kernels.h"
#include "mime/simd_target.h"

using namespace bulla;
using namespace bulla::mime;
using namespace bulla::mime::kernels;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// What one set of functions makes of the input; twins make the same.
struct Kernels {
  decltype(&kernels::find_uneven_line_end) find[8];
  decltype(&kernels::encode_base64_lines) encode;
  decltype(&kernels::decode_base64) decode;
  decltype(&kernels::lf_to_crlf) to_crlf;
  decltype(&kernels::crlf_to_lf) to_lf;
};

constexpr Kernels kVector = {
    {kernels::find_uneven_line_end, kernels::find_bare_lf, kernels::find_dash_line,
     kernels::find_not_seven_bit, kernels::find_not_literal, kernels::find_unsafe_in_lines,
     kernels::find_foreign_control, kernels::find_foreign_octet},
    kernels::encode_base64_lines,
    kernels::decode_base64,
    kernels::lf_to_crlf,
    kernels::crlf_to_lf};

constexpr Kernels kScalar = {
    {kernels::scalar::find_uneven_line_end, kernels::scalar::find_bare_lf,
     kernels::scalar::find_dash_line, kernels::scalar::find_not_seven_bit,
     kernels::scalar::find_not_literal, kernels::scalar::find_unsafe_in_lines,
     kernels::scalar::find_foreign_control, kernels::scalar::find_foreign_octet},
    kernels::scalar::encode_base64_lines,
    kernels::scalar::decode_base64,
    kernels::scalar::lf_to_crlf,
    kernels::scalar::crlf_to_lf};

// Room of exactly this size, so that a write past it is seen.
class Room {
 public:
  explicit Room(std::size_t size) : data_(new std::uint8_t[size]), size_(size) {}
  MutableByteView view() { return {data_.get(), size_}; }
  std::string text(std::size_t written) const {
    require(written <= size_);
    return std::string(as_text(ByteView(data_.get(), written))) + "|";
  }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_;
};

// All results in one text. `room` is what decoding may fill.
std::string run(const Kernels& with, ByteView octets, std::size_t room) {
  std::string result;
  for (auto find : with.find) result += std::to_string(find(octets)) + "|";
  for (std::uint8_t before : {std::uint8_t{'x'}, std::uint8_t{'\r'}}) {
    Room crlf(2 * octets.size());
    kernels::Converted seen = with.to_crlf(octets, before, crlf.view());
    result += crlf.text(seen.written) + (seen.crlf ? "1" : "0") + (seen.bare_cr ? "1" : "0");
  }
  Room lf(octets.size());
  result += lf.text(with.to_lf(octets, lf.view()));
  Room decoded(room);
  kernels::Progress done = with.decode(octets, decoded.view());
  result += decoded.text(done.written) + std::to_string(done.read) + "|";
  std::size_t lines = octets.size() / kernels::kBase64LineOctets;
  ByteView whole = octets.first(lines * kernels::kBase64LineOctets);
  Room encoded(lines * (kernels::kBase64LineDigits + 2));
  return result + encoded.text(with.encode(whole, "\r\n", encoded.view()));
}

}  // namespace

// The first octet says where in memory the others are put, the second how much room is taken
// away from what they need.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::size_t offset = data[0] % 64;
  std::size_t length = size - 2;
  std::size_t room = length - std::min<std::size_t>(length, data[1]);
  std::unique_ptr<std::uint8_t[]> copy(new std::uint8_t[offset + length]);
  std::memcpy(copy.get() + offset, data + 2, length);
  ByteView octets(copy.get() + offset, length);
  std::string expected = run(kScalar, octets, room);
  for (SimdTarget target : available_targets()) {
    use_target_for_test(target);
    require(run(kVector, octets, room) == expected);
  }
  use_target_for_test(std::nullopt);
  return 0;
}
