#include "bulla/verdict.h"

#include <algorithm>

namespace bulla {

std::string_view name(Status status) {
  switch (status) {
    case Status::Valid:
      return "valid";
    case Status::Invalid:
      return "invalid";
    case Status::Indeterminate:
      return "indeterminate";
    case Status::Unprotected:
      return "unprotected";
  }
  return "";
}

std::string_view name(Layer::Kind kind) {
  switch (kind) {
    case Layer::Kind::Signed:
      return "signed";
    case Layer::Kind::Enveloped:
      return "enveloped";
    case Layer::Kind::AuthEnveloped:
      return "auth-enveloped";
    case Layer::Kind::Compressed:
      return "compressed";
    case Layer::Kind::CertsOnly:
      return "certs-only";
    case Layer::Kind::Digested:
      return "digested";
    case Layer::Kind::Encrypted:
      return "encrypted";
    case Layer::Kind::Authenticated:
      return "authenticated";
  }
  return "";
}

std::string_view name(Layer::Form form) {
  switch (form) {
    case Layer::Form::Clear:
      return "clear";
    case Layer::Form::Opaque:
      return "opaque";
    case Layer::Form::Detached:
      return "detached";
  }
  return "";
}

std::string_view name(HeaderField::State state) {
  switch (state) {
    case HeaderField::State::Unprotected:
      return "unprotected";
    case HeaderField::State::SignedOnly:
      return "signed";
    case HeaderField::State::EncryptedOnly:
      return "encrypted";
    case HeaderField::State::SignedAndEncrypted:
      return "signed-and-encrypted";
  }
  return "";
}

// Signatures and encryption are cryptographic layers (RFC 9787 4.1.1); compression, digests and
// certificates to pass on protect nothing (E2E-01).
bool encrypts(Layer::Kind kind) {
  return kind == Layer::Kind::Enveloped || kind == Layer::Kind::AuthEnveloped ||
         kind == Layer::Kind::Encrypted;
}

bool Verdict::is_signed() const {
  return std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return layer.kind == Layer::Kind::Signed && !layer.errant;
  });
}

bool Verdict::is_encrypted() const {
  return std::any_of(layers.begin(), layers.end(),
                     [](const Layer& layer) { return encrypts(layer.kind) && !layer.errant; });
}

}  // namespace bulla
