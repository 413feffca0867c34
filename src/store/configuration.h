// The configuration file: what a person or a host has set once for all runs.
//
//   store = "postgresql://mail@db.example.org/mail"
//
// It is TOML, and small: what is not known is an error and not passed over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bulla/result.h"

namespace bulla::store {

struct Configuration {
  // A connection URI of PostgreSQL, or the absolute path of a database of SQLite.
  std::optional<std::string> store;
};

// Errors: config.bad, with the key and the line.
Result<Configuration> parse_configuration(std::string_view toml);

// Nothing is set where there is no such file. Errors: config.bad, io.no-input, io.read.
Result<Configuration> load_configuration(const std::string& path);

}  // namespace bulla::store
