// A signal as a request to stop, for work that can end in an orderly way.
#pragma once

namespace bulla::host {

// From now on the first SIGINT, SIGTERM or SIGHUP only sets a mark; a second one ends the
// process as ever. A signal that is ignored (nohup) stays so.
void catch_stop_signals();

// Whether one has come.
bool stop_is_requested();

// Ends the process as that signal would have done, so that a shell sees 130 or 143.
// Returns if none has come.
void end_by_stop_signal();

}  // namespace bulla::host
