// What the machine knows: the time, and where a person keeps data.
#pragma once

#include <string>
#include <vector>

#include "bulla/time.h"

namespace bulla::host {

Time current_time();

// $XDG_DATA_HOME/bulla, else ~/.local/share/bulla; empty if neither is known.
std::string data_folder();

// $XDG_CONFIG_HOME/bulla, else ~/.config/bulla; empty if neither is known.
std::string configuration_folder();

// $XDG_CACHE_HOME/bulla, else ~/.cache/bulla; empty if neither is known.
std::string cache_folder();

// Empty if it is not set.
std::string environment_variable(const char* name);

// Where profiles lie, those of the person first: $XDG_CONFIG_HOME/bulla/profiles (else
// ~/.config/bulla/profiles), then share/bulla/profiles beside the folder of the program, which
// is right where it is installed and where it was built.
std::vector<std::string> profile_folders();

// A process with keys leaves no core file, and a closed pipe is an error and no death.
void prepare_process();

}  // namespace bulla::host
