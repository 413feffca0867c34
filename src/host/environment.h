// What the machine knows: the time, and where a person keeps data.
#pragma once

#include <string>

#include "bulla/time.h"

namespace bulla::host {

Time current_time();

// $XDG_DATA_HOME/bulla, else ~/.local/share/bulla; empty if neither is known.
std::string data_folder();

// A process with keys leaves no core file, and a closed pipe is an error and no death.
void prepare_process();

}  // namespace bulla::host
