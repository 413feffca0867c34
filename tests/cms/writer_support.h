// What the tests of the CMS writers share: keys and certificates of tests/data/cms_writer,
// chunkings, and the openssl program as an oracle.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "asn1/ber.h"
#include "bulla/trust.h"
#include "cms/writer.h"
#include "x509/certificate_key.h"
#include "x509/pem.h"

namespace bulla::cms::testing {

inline std::string data_path(const std::string& name) {
  return std::string(BULLA_TEST_DATA) + "/cms_writer/" + name;
}

inline Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline void write_file(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

inline Certificate certificate(const std::string& name) {
  return load_certificates(read_file(data_path(name + ".pem"))).value().front();
}

inline PrivateKeyPtr private_key(const std::string& name) {
  auto blocks = x509::read_pem(read_file(data_path(name + ".key.pem"))).value();
  return load_private_key(blocks.front().contents.view()).value();
}

inline Identity identity(const std::string& key, const std::string& certificate_name) {
  return {.key = private_key(key),
          .certificate = certificate(certificate_name),
          .chain = {certificate("intermediate"), certificate("root")}};
}

// A signer with what choose_scheme() gives.
inline Signer signer(const std::string& name, RsaPadding padding = RsaPadding::Pkcs1) {
  Signer result;
  result.identity = identity(name, name);
  result.scheme =
      choose_scheme(x509::public_key(*result.identity.certificate).value(), std::nullopt, padding)
          .value();
  result.signing_time = parse_time("2027-01-02T03:04:05Z");
  return result;
}

inline CertificateRecipient recipient(const std::string& name, TransportScheme transport = {}) {
  return {.certificate = certificate(name), .transport = std::move(transport)};
}

// Octets that do not repeat within a block.
inline Bytes content_of(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  Bytes content(size);
  std::generate(content.begin(), content.end(),
                [&] { return static_cast<std::uint8_t>(random()); });
  return content;
}

// Calls take(chunk) with pieces of the bytes: `size` octets each, or random ones for 0.
inline void feed(ByteView bytes, std::size_t size, const std::function<void(ByteView)>& take) {
  std::mt19937 random(7);
  while (!bytes.empty()) {
    std::size_t count = size != 0 ? size : 1 + random() % 40'000;
    count = std::min(count, bytes.size());
    take(bytes.first(count));
    bytes = bytes.subspan(count);
  }
}

inline constexpr std::size_t kWhole = ~std::size_t{0};

using MakeWriter = std::function<Result<std::unique_ptr<Writer>>(crypto::Output)>;

// The message that a writer makes of the content.
inline Bytes written(const MakeWriter& make, ByteView content, std::size_t chunk = kWhole) {
  Bytes out;
  auto writer = make([&](ByteView bytes) -> Result<void> {
    append(out, bytes);
    return {};
  });
  if (!writer) throw std::runtime_error(describe(writer.error()));
  feed(content, chunk, [&](ByteView piece) { EXPECT_TRUE((*writer)->write(piece)); });
  Result<void> finished = (*writer)->finish();
  if (!finished) throw std::runtime_error(describe(finished.error()));
  return out;
}

inline Bytes sign(const SignOptions& options, ByteView content, std::size_t chunk = kWhole) {
  return written(
      [&](crypto::Output output) { return make_signed_data_writer(options, std::move(output)); },
      content, chunk);
}

// A copy: Secrets are copied on request alone.
inline EncryptOptions clone(const EncryptOptions& options) {
  EncryptOptions copy{.cipher = options.cipher,
                      .content_key = options.content_key,
                      .content_type = options.content_type,
                      .recipients = options.recipients,
                      .keks = {},
                      .passwords = {}};
  for (const KekRecipient& kek : options.keks) {
    copy.keks.push_back({.key_identifier = kek.key_identifier, .kek = kek.kek.clone()});
  }
  for (const PasswordRecipient& password : options.passwords) {
    copy.passwords.push_back({.password = password.password.clone(),
                              .iterations = password.iterations,
                              .derivation = password.derivation});
  }
  return copy;
}

inline Bytes encrypt(const EncryptOptions& options, ByteView content, std::size_t chunk = kWhole) {
  return written(
      [&](crypto::Output output) {
        return make_enveloped_data_writer(clone(options), std::move(output));
      },
      content, chunk);
}

inline Bytes compress(ByteView content, std::size_t chunk = kWhole) {
  return written(
      [&](crypto::Output output) { return make_compressed_data_writer(std::move(output)); },
      content, chunk);
}

inline Bytes as_der(ByteView message) {
  Limits limits;
  limits.signed_data_tail = message.size();
  return asn1::to_der(message, limits).value();
}

// The openssl program, run in a folder of its own.
class OpenSsl {
 public:
  OpenSsl() {
    std::string pattern = std::filesystem::temp_directory_path() / "bulla-writer-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~OpenSsl() { std::filesystem::remove_all(folder_); }
  OpenSsl(const OpenSsl&) = delete;
  OpenSsl& operator=(const OpenSsl&) = delete;

  static bool is_installed() { return std::filesystem::exists(kProgram); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  // Puts the message into a file and runs `openssl cms -in FILE -inform DER -out FILE …`.
  // False if the program failed; output() and errors() say what it wrote.
  bool cms(ByteView message, std::vector<std::string> arguments) const {
    write_file(path("message"), message);
    std::vector<std::string> all{"openssl", "cms", "-in",  path("message"),
                                 "-inform", "DER", "-out", path("output")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(std::move(all));
  }

  // Any other command: the words behind "openssl".
  bool command(std::vector<std::string> words) const {
    words.insert(words.begin(), "openssl");
    return run(std::move(words));
  }

  void put(const std::string& name, ByteView octets) const { write_file(path(name), octets); }
  Bytes get(const std::string& name) const { return read_file(path(name)); }

  Bytes output() const { return read_file(path("output")); }
  std::string errors() const { return std::string(as_text(read_file(path("errors")))); }

 private:
  static constexpr const char* kProgram = "/usr/bin/openssl";

  bool run(std::vector<std::string> arguments) const {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, path("errors").c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = 0;
    int spawned = posix_spawn(&child, kProgram, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    return spawned == 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
  }

  std::string folder_;
};

}  // namespace bulla::cms::testing
