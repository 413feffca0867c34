// PartFile: a file on its way. It is NAME.part until publish() gives it its name.
//
// Never follows a link, never overwrites a NAME.part that is there, and is readable by
// its owner alone until it is published (T-121). It is removed when its owner is
// destroyed, and also when a signal ends the process.
#pragma once

#include <memory>
#include <string>

#include "host/descriptor.h"

namespace bulla::host {

class PartFile {
 public:
  // Errors: io.cannot-create.
  static Result<std::unique_ptr<PartFile>> create(const std::string& path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  int number() const { return file_.number(); }

  // Puts everything on the disk and under its name, with the mode that the umask gives.
  [[nodiscard]] Result<void> publish();

 private:
  PartFile(Descriptor folder, std::string name, std::string path);
  Result<void> create_file();
  void remove();

  Descriptor folder_;
  Descriptor file_;
  std::string name_;  // in the folder
  std::string part_;  // in the folder
  std::string path_;  // for messages
  int cleanup_ = -1;  // slot of the signal handler
  bool exists_ = false;
};

// The mode that the umask leaves to new files. umask(2) can only be read by setting it: not
// for two threads at once.
mode_t mode_for_new_files();

}  // namespace bulla::host
