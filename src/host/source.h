// FileSource: a Source over a file or over standard input.
//
//   auto in = FileSource::open("letter.eml");
//   auto verdict = bulla::open(**in, out, options);
//
// A regular file can be rewound and knows its size, also when it is standard input.
#pragma once

#include <memory>
#include <string>

#include "bulla/stream.h"
#include "host/descriptor.h"

namespace bulla::host {

class FileSource final : public Source {
 public:
  // Errors: io.no-input (absent, a folder, no permission).
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);
  static Result<std::unique_ptr<FileSource>> standard_input();
  // Over an open file, from its position on; the descriptor is ours now.
  static Result<std::unique_ptr<FileSource>> over(Descriptor file, std::string name);

  ~FileSource() override;

  Result<std::size_t> read(MutableByteView buffer) override;
  Result<bool> rewind() override;
  std::optional<std::uint64_t> size() const override;

  FileId id() const { return id_; }
  const std::string& name() const { return name_; }

 private:
  enum class Owner { Us, Process };
  FileSource(int descriptor, Owner owner, std::string name);
  Result<void> look();

  int descriptor_;
  Owner owner_;
  std::string name_;
  FileId id_;
  bool regular_ = false;
  off_t start_ = 0;
  std::uint64_t size_ = 0;
};

// The file, or standard input for "-" and for no name.
Result<std::unique_ptr<FileSource>> open_source(const std::string& path);

// Everything that another source has, in a file without a name, to be read more than once.
Result<std::unique_ptr<FileSource>> spool(Source& from);

}  // namespace bulla::host
