// A verdict in words, for a person.
//
//   valid: signed by alice@example.com (CN=Alice Example), path to CN=Demo Root
//     enveloped: aes-256-cbc
//       for CN=Bob Example: ktri, RSA PKCS #1 v1.5, opened
//       signed: clear, sha256
//         alice@example.com (CN=Alice Example): valid
//           at 2026-11-24T13:10:46Z, RSA PKCS #1 v1.5 with SHA-256
//           path: CN=Alice Example < CN=Demo Root
//     header: 6 fields protected (cipher); hidden outside: Subject
#pragma once

#include <string>

#include "bulla/verdict.h"
#include "cli/console.h"

namespace bulla::cli {

// `judged`: what the verb looked at; decrypt says nothing of signatures.
enum class Judged { Everything, EncryptionAlone };

// Lines with line ends. Notes, all header fields and capabilities with Verbose alone.
std::string verdict_text(const Verdict& verdict, Judged judged, const Console& console);

// A distinguished name cut down to what a person looks for: its common name.
std::string short_name(const Certificate& certificate);

}  // namespace bulla::cli
