// One message of a batch: before it is worked on, and after.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulla/result.h"
#include "cli/exit_code.h"
#include "host/mbox.h"
#include "host/staged_file.h"

namespace bulla::cli {

struct BatchItem {
  std::uint64_t index = 0;  // from 1, in the order of the input
  std::string path;         // as reports name it: below the folder, or as it was given
  std::string file;         // to be opened
  std::string target;       // of its result; empty if nothing is to be written
  std::uint64_t size = 0;
  std::int64_t modified = 0;   // nanoseconds since 1970
  std::optional<Error> error;  // it cannot be read at all

  struct Part {
    int descriptor = -1;
    host::MboxMessage message;
  };
  std::optional<Part> part;  // of an mbox
};

struct Outcome {
  BatchItem item;
  Exit exit = Exit::Done;
  std::string status;                 // "valid" …, "done", or "error"
  std::vector<std::string> findings;  // slugs, notes left out
  std::string detail;                 // what an error says
  std::string signer;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::string sha256_in;  // in hexadecimal; empty if it was not read to its end
  std::string sha256_out;
  std::string output;  // path; empty if nothing is written
  std::unique_ptr<host::StagedFile> file;
  bool interrupted = false;  // by a signal: as if it had never been begun

  void fail(const Error& error);
};

}  // namespace bulla::cli
