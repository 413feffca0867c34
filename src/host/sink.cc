#include "host/sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/try.h"

namespace bulla::host {
namespace {

constexpr std::size_t kBuffer = 256u << 10;
// Octets that are worth a call to the disk: 64 MiB become 15 ms faster.
constexpr off_t kStep = 8 << 20;
// From here on a call costs less than a copy.
constexpr std::size_t kDirect = 32u << 10;

bool is_control(std::uint8_t octet) {
  if (octet == '\t' || octet == '\n' || octet == '\r' || octet == '\f') return false;
  return octet < 0x20 || octet == 0x7f;
}

// A device or FIFO cannot be replaced by a file; it is written to.
Result<std::unique_ptr<Sink>> open_stream(const std::string& path) {
  Descriptor opened(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!opened.is_open()) return failure(Rule::IoCannotCreate, 0, system_message(path, errno));
  return std::make_unique<StreamSink>(std::move(opened), path);
}

// /dev/null: nobody can see what is written too early there.
bool leads_nowhere(int descriptor) {
  struct stat null {};
  struct stat own {};
  return ::fstat(descriptor, &own) == 0 && S_ISCHR(own.st_mode) &&
         ::stat("/dev/null", &null) == 0 && S_ISCHR(null.st_mode) && own.st_rdev == null.st_rdev;
}

}  // namespace

bool has_control_characters(ByteView bytes) {
  return std::any_of(bytes.begin(), bytes.end(), is_control);
}

AtomicFileSink::AtomicFileSink(std::unique_ptr<PartFile> file, std::string path)
    : file_(std::move(file)), path_(std::move(path)) {
  buffer_.reserve(kBuffer);
}

AtomicFileSink::~AtomicFileSink() {
  buffer_.resize(std::max(written_, buffer_.size()));
  wipe(buffer_);
}

Result<std::unique_ptr<AtomicFileSink>> AtomicFileSink::create(const std::string& path) {
  std::unique_ptr<PartFile> file = TRY(PartFile::create(path));
  return std::unique_ptr<AtomicFileSink>(new AtomicFileSink(std::move(file), path));
}

Result<void> AtomicFileSink::write(ByteView bytes) {
  if (bytes.size() >= kDirect) {
    TRY_VOID(flush());
    return put(bytes);
  }
  if (buffer_.size() + bytes.size() > kBuffer) TRY_VOID(flush());
  append(buffer_, bytes);
  return {};
}

Result<void> AtomicFileSink::flush() {
  if (buffer_.empty()) return {};
  TRY_VOID(put(buffer_));
  written_ = std::max(written_, buffer_.size());
  buffer_.clear();
  return {};
}

// The disk begins while the message is still on its way, so that little is left for the
// fsync() at the end.
Result<void> AtomicFileSink::put(ByteView bytes) {
  TRY_VOID(write_all(file_->number(), bytes, path_));
  size_ += static_cast<off_t>(bytes.size());
#ifdef SYNC_FILE_RANGE_WRITE
  if (size_ - on_its_way_ < kStep) return {};
  // A hint: what fails is seen by fsync().
  ::sync_file_range(file_->number(), on_its_way_, size_ - on_its_way_, SYNC_FILE_RANGE_WRITE);
  on_its_way_ = size_;
#endif
  return {};
}

Result<void> AtomicFileSink::finish() {
  TRY_VOID(flush());
  return file_->publish();
}

StreamSink::StreamSink(int descriptor, std::string name)
    : descriptor_(descriptor),
      name_(std::move(name)),
      terminal_(::isatty(descriptor) == 1),
      is_null_device_(leads_nowhere(descriptor)) {}

StreamSink::StreamSink(Descriptor owned, std::string name)
    : StreamSink(owned.number(), std::move(name)) {
  owned_ = std::move(owned);
}

std::unique_ptr<StreamSink> StreamSink::standard_output() {
  return std::make_unique<StreamSink>(STDOUT_FILENO, "standard output");
}

Result<void> StreamSink::write(ByteView bytes) {
  if (is_null_device_) return {};
  if (terminal_ && !binary_) binary_ = has_control_characters(bytes);
  return spool_.write(bytes);
}

Result<void> StreamSink::finish() {
  if (binary_) return failure(Rule::IoTerminal);
  return spool_.send_to(descriptor_, name_);
}

Result<std::unique_ptr<Sink>> open_sink(const std::string& path,
                                        const std::vector<FileId>& inputs) {
  if (path.empty() || path == "-") return StreamSink::standard_output();
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return failure(Rule::IoCannotCreate, 0, system_message(path, EISDIR));
    }
    if (!S_ISREG(status.st_mode)) return open_stream(path);
    if (std::find(inputs.begin(), inputs.end(), FileId::of(status)) != inputs.end()) {
      return failure(Rule::IoSameFile, 0, path);
    }
  }
  return TRY(AtomicFileSink::create(path));
}

}  // namespace bulla::host
