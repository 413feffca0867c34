// The floor's own base64: as fast as we know how, for input that is known to be good.
//
// It judges nothing that a reader of hostile input must judge, and is no part of the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace bench {

// Octets that both functions may read behind their input and write behind their output.
inline constexpr std::size_t kSlack = 64;

// Encodes in lines of 76 characters and CRLF; returns the octets written.
std::size_t encode_lines(std::span<const std::uint8_t> octets, std::uint8_t* out);

// Decodes whole lines that end in LF or CRLF; returns the octets written, nothing where a character
// is not of the alphabet.
std::optional<std::size_t> decode_lines(std::span<const std::uint8_t> text, std::uint8_t* out);

// Without SIMD, for short ends of lines. `line` has no line end; encode() adds CRLF.
namespace scalar {
std::size_t encode(std::span<const std::uint8_t> octets, std::uint8_t* out);
std::optional<std::size_t> decode(std::span<const std::uint8_t> line, std::uint8_t* out);
}  // namespace scalar

}  // namespace bench
