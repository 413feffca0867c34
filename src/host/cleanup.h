// What is left to do when a signal ends the process: files that must not stay behind.
#pragma once

namespace bulla::host {

// From now on SIGINT, SIGTERM and SIGHUP unlink the file before they end the process.
// `name` must live until forget(). Answers a slot, or -1 if all are taken.
int remove_on_signal(int folder, const char* name);
void forget(int slot);

}  // namespace bulla::host
