// The terminal: whether there is one, whether it may have colours, and what it is asked.
#pragma once

#include <string>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::host {

bool is_terminal(int descriptor);

enum class Colour { Auto, Always, Never };

// Auto: a terminal, unless NO_COLOR is set or TERM is "dumb" or absent.
bool wants_colour(Colour choice, int descriptor);

// Asks on /dev/tty, without echo. Errors: key.passphrase-needed if there is no terminal
// or the answer is Ctrl-C or end of file.
Result<Secret> ask_passphrase(const std::string& question);

}  // namespace bulla::host
