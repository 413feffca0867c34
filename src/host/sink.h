// The sinks of the command line: a file that appears at once, and a stream that gets
// everything at once.
//
//   std::unique_ptr<Sink> out = TRY(open_sink("plain.eml", {in->id()}));
//   … write …
//   TRY_VOID(out->finish());
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bulla/stream.h"
#include "host/part_file.h"
#include "host/spool.h"

namespace bulla::host {

// A file in its folder, by way of NAME.part.
class AtomicFileSink final : public Sink {
 public:
  static Result<std::unique_ptr<AtomicFileSink>> create(const std::string& path);
  ~AtomicFileSink() override;
  Result<void> write(ByteView bytes) override;
  Result<void> finish() override;

 private:
  AtomicFileSink(std::unique_ptr<PartFile> file, std::string path);
  Result<void> flush();
  Result<void> put(ByteView bytes);

  std::unique_ptr<PartFile> file_;
  std::string path_;
  off_t size_ = 0;
  off_t on_its_way_ = 0;     // octets that the disk was told to take
  Bytes buffer_;             // small writes become large ones
  std::size_t written_ = 0;  // octets at its beginning that were in use before
};

// Standard output, a FIFO or a device: holds everything until finish(). A terminal gets
// text alone: binary data is io.terminal, and nothing is written.
class StreamSink final : public Sink {
 public:
  static std::unique_ptr<StreamSink> standard_output();
  StreamSink(int descriptor, std::string name);
  StreamSink(Descriptor owned, std::string name);

  Result<void> write(ByteView bytes) override;
  Result<void> finish() override;

 private:
  Descriptor owned_;
  int descriptor_;
  std::string name_;
  bool terminal_;
  bool is_null_device_;
  bool binary_ = false;
  Spool spool_;
};

// Whether the octets have a control character that text does not have.
bool has_control_characters(ByteView bytes);

// A sink for the path; "-" and no name are standard output. Errors: io.same-file if it
// leads to one of the inputs, io.cannot-create.
Result<std::unique_ptr<Sink>> open_sink(const std::string& path, const std::vector<FileId>& inputs);

}  // namespace bulla::host
