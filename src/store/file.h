// Small files, read whole: keys, certificates, passphrases.
#pragma once

#include <string>
#include <vector>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::store {

// A key file holds a few keys with their chains; 1 MiB is a hundred times more.
inline constexpr std::size_t kMaxKeyFile = 1u << 20;
// The root bundle of Debian has 220 KB; the largest CRLs have 8 MiB.
inline constexpr std::size_t kMaxCertificateFile = 16u << 20;

// The whole file; from a pipe too. Errors: io.no-input (absent, a folder), io.read,
// limit.size. The file is opened once, and what was opened is what is read (T-120).
Result<Secret> read_file(const std::string& path, std::size_t max_bytes);

// The paths of the regular files in a folder, sorted; hidden ones left out. At most
// `max_count`. Nothing if the folder does not exist.
std::vector<std::string> list_files(const std::string& folder, std::size_t max_count);

bool is_folder(const std::string& path);
bool exists(const std::string& path);
// Nothing is there; of what cannot be looked at that is not known.
bool is_absent(const std::string& path);
// Whether its owner alone can read it.
bool is_private(const std::string& path);

// The error with the file's name in front. What is wrong inside of a key or certificate
// file (asn1., cert., cms. …) becomes key.unreadable.
Error about_file(Error error, const std::string& path);

}  // namespace bulla::store
