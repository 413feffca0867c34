// What an input is, told by its first octets: a mail is what nothing else is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "bulla/stream.h"

namespace bulla {

enum class InputForm : std::uint8_t {
  Der,     // CMS in DER or BER
  Pem,     // CMS in PEM (RFC 7468 8 and 9)
  Base64,  // CMS in base64 without anything around
  Mail,
};

// Whether more octets could change what input_form() says. False for 128 octets at the latest.
bool needs_more(ByteView beginning);
InputForm input_form(ByteView beginning);

// The stage for an input, made when its form is known; `beginning` is what has come so far.
using MakeStage = std::function<std::unique_ptr<Sink>(InputForm form, std::string_view beginning)>;
std::unique_ptr<Sink> make_form_stage(MakeStage make);

// Decodes PEM for `next` (RFC 7468 8 and 9); text around the armor is passed over.
std::unique_ptr<Sink> make_armor_stage(std::unique_ptr<Sink> next);

// Decodes base64 for `next`. Foreign octets and what follows the end are mime.bad-base64, told by
// finish() before `next` is finished.
std::unique_ptr<Sink> make_base64_stage(std::unique_ptr<Sink> next);

}  // namespace bulla
