// Descriptor: an owned file descriptor, and the system calls around it that retry.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::host {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void reset();
  // Gives the descriptor away.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// What names one file, whatever path leads to it.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  static FileId of(const struct stat& status) { return {status.st_dev, status.st_ino}; }
  friend bool operator==(const FileId&, const FileId&) = default;
};

// The file that the path leads to, links followed; nothing if there is none.
std::optional<FileId> find_file_id(const std::string& path);

// Whether both lead to one file, or will when they are made. What is no regular file, such as a
// device, takes what two have to say; "-" and nothing are no file.
bool are_one_file(const std::optional<std::string>& a, const std::optional<std::string>& b);

// A file to write into, emptied if it is there; FIFOs and devices too. Errors:
// io.cannot-create.
Result<Descriptor> create_file(const std::string& path);

// Removes a file, if it is there and can be.
void remove_file(const std::string& path);

// "NAME: No such file or directory", for Error::detail.
std::string system_message(const std::string& name, int error_number);

// read(2) until something came; 0 is the end. `name` is for errors.
Result<std::size_t> read_some(int descriptor, MutableByteView buffer, const std::string& name);

// write(2) until all is written.
Result<void> write_all(int descriptor, ByteView bytes, const std::string& name);

}  // namespace bulla::host
