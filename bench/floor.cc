// bulla_floor OPERATION [cbc|gcm] IN OUT: the work of a large operation that no S/MIME program can
// avoid, and nothing else.
//
//   sign-clear verify-clear      read, scan lines, SHA-256, write
//   sign-opaque                  read, scan lines, SHA-256, base64, write
//   verify-opaque                read, base64, SHA-256, write
//   encrypt decrypt              the same with AES-256 instead of SHA-256
//   seal open                    both
//   …-der                        without MIME: no scan, no base64
//
// In constant memory, in one thread. It parses no CMS, header or certificate, uses fixed keys and
// writes no valid message: a program that does all this can come near to it, never below.
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "bench/simd_base64.h"
#include "mime/kernels.h"

namespace {

using bulla::ByteView;

// Whole lines of base64 and whole blocks of AES.
constexpr std::size_t kChunk = std::size_t{57} * 16 * 256;
constexpr std::size_t kTextChunk = kChunk / 57 * 78;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "bulla_floor: %s\n", what);
  std::exit(1);
}

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

struct Plan {
  bool digest = false;
  bool encrypt = false;
  bool decrypt = false;
  bool decode = false;
  bool encode = false;
  bool check_lines = false;
  bool find_boundary = false;
};

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

Plan plan_for(std::string_view operation) {
  const bool der = operation.size() > 4 && operation.substr(operation.size() - 4) == "-der";
  const bool opaque = operation.find("-opaque") != std::string_view::npos;
  const bool sign = starts_with(operation, "sign");
  const bool verify = starts_with(operation, "verify");
  const bool seal = operation == "seal";
  const bool open = operation == "open";
  Plan plan;
  plan.digest = sign || verify || seal || open;
  plan.encrypt = starts_with(operation, "encrypt") || seal;
  plan.decrypt = starts_with(operation, "decrypt") || open;
  plan.decode = !der && (plan.decrypt || (verify && opaque));
  plan.encode = !der && (plan.encrypt || (sign && opaque));
  plan.check_lines = !der && (sign || plan.encrypt);
  plan.find_boundary = !der && (open || (verify && !opaque));
  if (!plan.digest && !plan.encrypt && !plan.decrypt) fail("no such operation");
  return plan;
}

class Floor {
 public:
  Floor(const Plan& plan, bool gcm, int in, int out)
      : plan_(plan),
        in_(in),
        out_(out),
        text_(kTextChunk + bench::kSlack),
        octets_(kTextChunk + bench::kSlack) {
    static constexpr std::uint8_t kKey[32] = {1};
    static constexpr std::uint8_t kIv[16] = {2};
    const EVP_CIPHER* cipher = gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
    EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
    EVP_CipherInit_ex(cipher_.get(), cipher, nullptr, kKey, kIv, plan.encrypt ? 1 : 0);
    EVP_CIPHER_CTX_set_padding(cipher_.get(), 0);
  }

  void run() {
    bool more = true;
    while (more) {
      std::size_t size = 0;
      more = plan_.decode ? read_text(size) : read_octets(size);
      if (plan_.decrypt) size = apply_cipher(size);
      scan({octets_.data(), size});
      if (plan_.digest) EVP_DigestUpdate(digest_.get(), octets_.data(), size);
      if (plan_.encrypt) size = apply_cipher(size);
      emit(size);
    }
    std::uint8_t hash[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(digest_.get(), hash, nullptr);
  }

 private:
  // Fills `to` from `have` on; false at the end of the input.
  bool fill(std::vector<std::uint8_t>& to, std::size_t& have, std::size_t wanted) {
    while (have < wanted) {
      const ssize_t got = ::read(in_, to.data() + have, wanted - have);
      if (got < 0) fail("cannot read");
      if (got == 0) return false;
      have += static_cast<std::size_t>(got);
    }
    return true;
  }

  bool read_octets(std::size_t& size) {
    size = 0;
    return fill(octets_, size, kChunk);
  }

  // Base64 behind a header, whole lines at a time.
  bool read_text(std::size_t& size) {
    const bool more = fill(text_, kept_, kTextChunk);
    const std::uint8_t* const start = text_.data() + (at_start_ ? header_size() : 0);
    at_start_ = false;
    const std::uint8_t* end = text_.data() + kept_;
    if (more) {
      while (end > start && end[-1] != '\n') --end;
    }
    const auto decoded =
        bench::decode_lines({start, static_cast<std::size_t>(end - start)}, octets_.data());
    if (!decoded) fail("not base64");
    size = *decoded;
    kept_ = static_cast<std::size_t>(text_.data() + kept_ - end);
    std::memmove(text_.data(), end, kept_);
    // Whole blocks for the cipher; what ASN.1 puts before the content is taken for content.
    return more;
  }

  std::size_t header_size() const {
    const std::string_view text(reinterpret_cast<const char*>(text_.data()), kept_);
    if (const auto lf = text.find("\n\n"); lf != std::string_view::npos) return lf + 2;
    if (const auto crlf = text.find("\r\n\r\n"); crlf != std::string_view::npos) return crlf + 4;
    return 0;
  }

  void scan(ByteView octets) {
    if (plan_.check_lines) seen_ += bulla::mime::kernels::find_uneven_line_end(octets);
    while (plan_.find_boundary && !octets.empty()) {
      const std::size_t place = bulla::mime::kernels::find_dash_line(octets);
      seen_ += place;
      octets = octets.subspan(std::min(octets.size(), place + 1));
    }
  }

  std::size_t apply_cipher(std::size_t size) {
    size = size / 16 * 16;
    for (std::size_t i = 0; i < size;) {  // in pieces that stay in the first cache
      const std::size_t piece = std::min<std::size_t>(16384, size - i);
      int done = 0;
      EVP_CipherUpdate(cipher_.get(), octets_.data() + i, &done, octets_.data() + i,
                       static_cast<int>(piece));
      i += piece;
    }
    return size;
  }

  void emit(std::size_t size) {
    const std::uint8_t* from = octets_.data();
    if (plan_.encode) {
      size = bench::encode_lines({octets_.data(), size}, text_.data());
      from = text_.data();
    }
    while (size > 0) {
      const ssize_t done = ::write(out_, from, size);
      if (done <= 0) fail("cannot write");
      from += done;
      size -= static_cast<std::size_t>(done);
    }
  }

  Plan plan_;
  int in_;
  int out_;
  std::vector<std::uint8_t> text_;
  std::vector<std::uint8_t> octets_;
  std::size_t kept_ = 0;
  bool at_start_ = true;
  std::uint64_t seen_ = 0;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_{EVP_MD_CTX_new()};
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher_{EVP_CIPHER_CTX_new()};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) fail("usage: bulla_floor OPERATION cbc|gcm IN OUT");
  const Plan plan = plan_for(argv[1]);
  const int in = ::open(argv[3], O_RDONLY);
  const int out = ::open(argv[4], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in < 0 || out < 0) fail("cannot open");
  Floor(plan, std::string_view(argv[2]) == "gcm", in, out).run();
  return 0;
}
