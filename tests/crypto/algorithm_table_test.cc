#include "crypto/algorithm_table.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/digest.h"
#include "crypto/oid_name.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

std::string der(const asn1::AlgorithmIdentifier& algorithm) { return to_hex(algorithm.encode()); }

TEST(AlgorithmTable, rows_are_consistent_with_libcrypto) {
  std::set<std::string> oids;
  for (const DigestRow& digest : digest_rows()) {
    EXPECT_TRUE(oids.insert(digest.oid.to_string()).second);
    EXPECT_TRUE(is_available(digest.digest)) << digest.name;
    EXPECT_EQ(hash(digest.digest, {}).value().size(), digest.size) << digest.name;
    EXPECT_EQ(find_digest(digest.name), digest.digest);
    EXPECT_EQ(read_digest(digest_identifier(digest.digest)), digest.digest);
  }
  for (const ContentCipherRow& cipher : content_cipher_rows()) {
    bool is_new = oids.insert(cipher.oid.to_string()).second;
    EXPECT_TRUE(is_new || cipher.parameters == ParameterForm::Rc2) << cipher.name;
    EXPECT_TRUE(is_available(cipher.cipher) || cipher.provider == Provider::Legacy) << cipher.name;
    EXPECT_EQ(find_content_cipher(cipher.name), cipher.cipher);
    EXPECT_EQ(is_aead(cipher.cipher), cipher.block_size == 1);
    if (cipher.use == Use::Both) {
      EXPECT_EQ(key_size(key_wrap_for(cipher.cipher)), cipher.key_size) << "ALG-50";
    }
    ContentEncryption encryption{
        .cipher = cipher.cipher, .iv = Bytes(cipher.iv_size, 7), .tag_size = cipher.tag_size};
    auto back = read_content_encryption(content_encryption_identifier(encryption));
    ASSERT_TRUE(back) << cipher.name;
    EXPECT_EQ(back->cipher, cipher.cipher);
    EXPECT_EQ(back->iv, encryption.iv);
    EXPECT_EQ(back->tag_size, cipher.tag_size);
    derive_content_key(encryption);
    back = read_content_encryption(content_encryption_identifier(encryption));
    ASSERT_TRUE(back) << cipher.name;
    EXPECT_EQ(back->cipher, cipher.cipher);
    EXPECT_EQ(back->derived_from, encryption.derived_from);
  }
}

TEST(AlgorithmTable, ALG02_ALG03_ALG04_ALG08_digest_identifiers) {
  EXPECT_EQ(der(digest_identifier(Digest::Md5)), "300c06082a864886f70d02050500");
  EXPECT_EQ(der(digest_identifier(Digest::Sha1)), "300706052b0e03021a");
  EXPECT_EQ(der(digest_identifier(Digest::Sha256)), "300b0609608648016503040201");
  EXPECT_EQ(der(digest_identifier(Digest::Sha3_512)), "300b060960864801650304020a");
  EXPECT_EQ(read_digest(identifier("300906052b0e03021a0500")), Digest::Sha1);
  EXPECT_EQ(read_digest(identifier("300d06096086480165030402010500")), Digest::Sha256);
  EXPECT_EQ(read_digest(identifier("300e0609608648016503040201020100")), std::nullopt);
  EXPECT_EQ(read_digest(identifier("300706052b0e03021b")), std::nullopt) << "T-04";
}

TEST(AlgorithmTable, ALG09_ALG28_ed448_names_shake256_with_512_bits) {
  SignatureScheme ed448{.algorithm = SignatureAlgorithm::Ed448, .digest = Digest::Shake256};
  EXPECT_EQ(der(digest_identifier(ed448)), "300f060960864801650304021202020200");
  EXPECT_EQ(read_digest(identifier("300f060960864801650304021202020200")), Digest::Shake256);
  EXPECT_EQ(read_digest(identifier("300f060960864801650304021202020100")), std::nullopt);
  EXPECT_EQ(read_digest(identifier("300b0609608648016503040212")), std::nullopt);
}

TEST(AlgorithmTable, MIME19_micalg_in_all_spellings) {
  for (std::string_view text : {"sha-256", "sha256", "SHA-256", "\"sha-256\"", " Sha256 "}) {
    EXPECT_EQ(find_micalg(text), Digest::Sha256) << text;
  }
  EXPECT_EQ(find_micalg("rsa-sha1"), Digest::Sha1);
  EXPECT_EQ(find_micalg("rsa-md5"), Digest::Md5);
  EXPECT_EQ(find_micalg("unknown"), std::nullopt);
  EXPECT_EQ(find_micalg(""), std::nullopt);
  EXPECT_EQ(find_micalg("\""), std::nullopt);
}

TEST(AlgorithmTable, ciphers_by_the_names_that_people_type) {
  EXPECT_EQ(find_content_cipher("AES256"), ContentCipher::Aes256Cbc);
  EXPECT_EQ(find_content_cipher("aes-128-gcm"), ContentCipher::Aes128Gcm);
  EXPECT_EQ(find_content_cipher("3des"), ContentCipher::TripleDesCbc);
  EXPECT_EQ(find_content_cipher("des-ede3-cbc"), ContentCipher::TripleDesCbc);
  EXPECT_EQ(find_content_cipher("rot13"), std::nullopt);
}

TEST(ContentEncryption, ALG57_T22_cbc_iv_is_one_block) {
  auto read = [](std::string_view hex) { return read_content_encryption(identifier(hex)); };
  auto good = read("301d06096086480165030401020410000102030405060708090a0b0c0d0e0f");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->cipher, ContentCipher::Aes128Cbc);
  EXPECT_EQ(good->iv.size(), 16u);
  EXPECT_EQ(der(content_encryption_identifier(*good)),
            "301d06096086480165030401020410000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(rule_of(read("300b0609608648016503040102")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("300d06096086480165030401020500")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("301506096086480165030401020408000102030405060 7")),
            Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("300706052b0e030206")), Rule::CryptoUnknownAlgorithm);
}

TEST(ContentEncryption, ALG58_ALG59_ALG60_T21_gcm_parameters) {
  auto read = [](std::string_view parameters) {
    return read_content_encryption({Oid::of("2.16.840.1.101.3.4.1.46"), from_hex(parameters)});
  };
  auto absent = read("300e040c000102030405060708090a0b");
  ASSERT_TRUE(absent);
  EXPECT_EQ(absent->tag_size, 12u);
  EXPECT_TRUE(absent->default_tag_size);
  auto written = read("3011040c000102030405060708090a0b020110");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->tag_size, 16u);
  EXPECT_FALSE(written->default_tag_size);
  EXPECT_EQ(der(content_encryption_identifier(*written)),
            "301e060960864801650304012e3011040c000102030405060708090a0b020110");
  for (const char* size : {"020100", "020104", "02010b"}) {
    EXPECT_EQ(rule_of(read("3011040c000102030405060708090a0b" + std::string(size))),
              Rule::EncShortTag);
  }
  EXPECT_EQ(rule_of(read("3011040c000102030405060708090a0b020111")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("3011040c000102030405060708090a0b0201ff")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("30020400")), Rule::EncBadParameters) << "T-22: no nonce";
  EXPECT_EQ(rule_of(read("3010040c000102030405060708090a0b0500")), Rule::EncBadParameters);
}

TEST(ContentEncryption, ALG62_T21_T22_ccm_parameters) {
  auto read = [](std::string_view parameters) {
    return read_content_encryption({Oid::of("2.16.840.1.101.3.4.1.47"), from_hex(parameters)});
  };
  auto absent = read("300904070001020304050 6");
  ASSERT_TRUE(absent);
  EXPECT_EQ(absent->tag_size, 12u);
  EXPECT_FALSE(absent->default_tag_size) << "the tag's size goes into the tag";
  EXPECT_EQ(read("3010040b000102030405060708090a020110")->tag_size, 16u);
  EXPECT_EQ(read("3010040b000102030405060708090a02010e")->tag_size, 14u);
  for (const char* size : {"020104", "020106", "020108", "02010a"}) {
    EXPECT_EQ(rule_of(read("3010040b000102030405060708090a" + std::string(size))),
              Rule::EncShortTag);
  }
  for (const char* size : {"02010d", "02010f", "020111", "020112", "0500"}) {
    std::string seq = std::string(size) == "0500" ? "300f" : "3010";
    EXPECT_EQ(rule_of(read(seq + "040b000102030405060708090a" + size)), Rule::EncBadParameters);
  }
  EXPECT_EQ(rule_of(read("30080406000102030405")), Rule::EncBadParameters) << "6 octets";
  EXPECT_EQ(rule_of(read("3010040e000102030405060708090a0b0c0d")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("0500")), Rule::EncBadParameters);
}

TEST(ContentEncryption, ALG64_T22_chacha20_parameters) {
  auto read = [](std::optional<Bytes> parameters) {
    return read_content_encryption({Oid::of("1.2.840.113549.1.9.16.3.18"), std::move(parameters)});
  };
  EXPECT_EQ(read(from_hex("040c000102030405060708090a0b"))->tag_size, 16u);
  EXPECT_EQ(rule_of(read(std::nullopt)), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read(from_hex("0500"))), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read(from_hex("040b000102030405060708090a"))), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read(from_hex("040d000102030405060708090a0b0c"))), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read(from_hex("300e040c000102030405060708090a0b"))), Rule::EncBadParameters);
}

TEST(ContentEncryption, ALG54_rc2_versions) {
  auto read = [](std::string_view parameters) {
    return read_content_encryption({Oid::of("1.2.840.113549.3.2"), from_hex(parameters)});
  };
  EXPECT_EQ(read("300e020200a004080102030405060708")->cipher, ContentCipher::Rc2_40Cbc);
  EXPECT_EQ(read("300d02017804080102030405060708")->cipher, ContentCipher::Rc2_64Cbc);
  EXPECT_EQ(read("300d02013a04080102030405060708")->cipher, ContentCipher::Rc2_128Cbc);
  for (const char* bad : {"300e0202010004080102030405060708",  // 256 bits
                          "300d02010004080102030405060708", "300d0201ff04080102030405060708",
                          "300c02013a040701020304050607", "04080102030405060708", "0500", "3000"}) {
    EXPECT_EQ(rule_of(read(bad)), Rule::EncBadParameters) << bad;
  }
}

TEST(ContentEncryption, ALG55_triple_des_iv) {
  auto read = [](std::string_view parameters) {
    return read_content_encryption({Oid::of("1.2.840.113549.3.7"), from_hex(parameters)});
  };
  auto good = read("04080102030405060708");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->cipher, ContentCipher::TripleDesCbc);
  EXPECT_EQ(der(content_encryption_identifier(*good)),
            "301406082a864886f70d030704080102030405060708");
  EXPECT_EQ(rule_of(read("04100102030405060708090a0b0c0d0e0f10")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("0500")), Rule::EncBadParameters);
}

TEST(ContentEncryption, ALG56_des_iv) {
  auto read = [](std::string_view parameters) {
    return read_content_encryption({Oid::of("1.3.14.3.2.7"), from_hex(parameters)});
  };
  EXPECT_EQ(read("04080102030405060708")->cipher, ContentCipher::DesCbc);
  EXPECT_EQ(rule_of(read("040701020304050607")), Rule::EncBadParameters);
  EXPECT_EQ(rule_of(read("0500")), Rule::EncBadParameters);
}

// The capabilities as RFC 3565 5, RFC 8551 2.5.2, RFC 5754, RFC 3274, RFC 8103 4, RFC 9709 4 and
// RFC 8418 8 print them.
TEST(AlgorithmTable, ATTR15_capabilities_that_the_RFCs_print) {
  struct Vector {
    const char* hex;
    const char* name;
  };
  constexpr Vector vectors[] = {
      {"300b0609608648016503040102", "aes-128-cbc"},
      {"300b0609608648016503040116", "aes-192-cbc"},
      {"300b060960864801650304012a", "aes-256-cbc"},
      {"300d06092a864886f70d01010b0500", "RSA PKCS #1 v1.5 with SHA-256"},
      {"300a06082a8648ce3d040302", "ECDSA with SHA-256"},
      {"300d060b2a864886f70d0109100308", "zlib"},
      {"300d060b2a864886f70d0109100312", "chacha20-poly1305"},
      {"300d060b2a864886f70d010910031f", "CEK-HKDF-SHA256"},
      {"301a060b2a864886f70d0109100313300b0609608648016503040105", "ECDH with HKDF SHA-256"},
  };
  for (const Vector& vector : vectors) {
    asn1::AlgorithmIdentifier read = identifier(vector.hex);
    EXPECT_EQ(oid_name(read.algorithm), vector.name);
    EXPECT_EQ(to_hex(read.encode()), vector.hex);
  }
  KeyAgreement x25519 = read_key_agreement(identifier(vectors[8].hex)).value();
  EXPECT_EQ(x25519.wrap, KeyWrap::Aes128);
  EXPECT_EQ(to_hex(key_agreement_identifier(x25519).encode()), vectors[8].hex);
}

// RFC 9709 B
TEST(ContentEncryption, KM56_KM57_derived_content_keys) {
  struct Vector {
    const char* cipher;
    const char* okm;
  };
  constexpr Vector vectors[] = {
      {"301b0609608648016503040106300e040c5c79058ba2f43447639d29e2",
       "2124ffb29fac4e0fbbc7d5d87492bff3"},
      {"301d06096086480165030401020410651f722ffd512c52fe072e507d72b377",
       "9cd102c52f1e19ece8729b35bfeceb50"},
  };
  for (const Vector& vector : vectors) {
    auto encryption =
        read_content_encryption({Oid::of("1.2.840.113549.1.9.16.3.31"), from_hex(vector.cipher)});
    ASSERT_TRUE(encryption);
    auto key = content_key(*encryption, from_hex("c702e7d0a9e064b09ba55245fb733cf3"));
    EXPECT_EQ(to_hex(key->view()), vector.okm);
  }
}

TEST(ContentEncryption, KM56_malformed_derivations) {
  constexpr Oid oid = Oid::of("1.2.840.113549.1.9.16.3.31");
  auto read = [&](std::optional<Bytes> parameters) {
    return rule_of(read_content_encryption({oid, std::move(parameters)}));
  };
  EXPECT_EQ(read(std::nullopt), Rule::EncBadParameters);
  EXPECT_EQ(read(from_hex("0500")), Rule::EncBadParameters);
  EXPECT_EQ(read(from_hex("300b060960864801650304012e")), Rule::EncBadParameters);
  EXPECT_EQ(read(from_hex("3003060127")), Rule::CryptoUnknownAlgorithm);
  ContentEncryption inner{.cipher = ContentCipher::Aes128Cbc, .iv = Bytes(16)};
  derive_content_key(inner);
  Bytes nested = content_encryption_identifier(inner).encode();
  EXPECT_EQ(read(nested), Rule::CryptoUnknownAlgorithm) << "derivations do not nest";
}

struct SignatureCase {
  const char* hex;
  std::optional<Digest> digest;
  std::optional<SignatureScheme> scheme;
};

TEST(SignatureScheme, ALG10_ALG11_ALG20_ALG22_ALG27_identifiers_are_read) {
  using enum SignatureAlgorithm;
  auto scheme = [](SignatureAlgorithm algorithm, Digest digest) {
    return SignatureScheme{.algorithm = algorithm, .digest = digest, .mgf_digest = digest};
  };
  const SignatureCase cases[] = {
      {"300d06092a864886f70d0101010500", Digest::Sha384, scheme(RsaPkcs1, Digest::Sha384)},
      {"300b06092a864886f70d010101", Digest::Sha256, scheme(RsaPkcs1, Digest::Sha256)},
      {"300d06092a864886f70d0101010500", {}, {}},
      {"300d06092a864886f70d01010b0500", {}, scheme(RsaPkcs1, Digest::Sha256)},
      {"300e06092a864886f70d01010b020100", {}, {}},
      {"300a06082a8648ce3d040302", {}, scheme(Ecdsa, Digest::Sha256)},
      {"300c06082a8648ce3d0403020500", {}, scheme(Ecdsa, Digest::Sha256)},
      {"300c06082a8648ce3d0403040500", {}, scheme(Ecdsa, Digest::Sha512)},
      {"300d06082a8648ce3d040302040100", {}, {}},
      {"300d060960864801650304030a0500", {}, {}},
      {"300b06072a8648ce3d04010500", {}, scheme(Ecdsa, Digest::Sha1)},
      {"300506032b6570", {}, scheme(Ed25519, Digest::Sha512)},
      {"300706032b65700500", {}, {}},
      {"300506032b6571", {}, scheme(Ed448, Digest::Shake256)},
      {"300906072a8648ce380403", {}, scheme(Dsa, Digest::Sha1)},
      {"300906072a8648ce380401", Digest::Sha256, scheme(Dsa, Digest::Sha256)},
  };
  for (const SignatureCase& c : cases) {
    auto result = read_signature_scheme(identifier(c.hex), c.digest);
    ASSERT_EQ(result.has_value(), c.scheme.has_value()) << c.hex;
    if (result) {
      EXPECT_EQ(*result, *c.scheme) << c.hex;
    } else {
      EXPECT_EQ(result.error().rule, Rule::CryptoBadParameters) << c.hex;
    }
  }
  EXPECT_EQ(rule_of(read_signature_scheme(identifier("300706052b0e03021d"), Digest::Sha1)),
            Rule::CryptoUnknownAlgorithm);
}

TEST(SignatureScheme, ALG14_ALG15_ALG22_identifiers_are_written) {
  using enum SignatureAlgorithm;
  EXPECT_EQ(der(signature_identifier({.algorithm = RsaPkcs1})), "300d06092a864886f70d0101010500");
  EXPECT_EQ(der(signature_identifier({.algorithm = Ecdsa, .digest = Digest::Sha384})),
            "300a06082a8648ce3d040303");
  EXPECT_EQ(der(signature_identifier({.algorithm = Ed25519, .digest = Digest::Sha512})),
            "300506032b6570");
  EXPECT_EQ(der(signature_identifier({.algorithm = RsaPss})),
            "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
            "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120");
  SignatureScheme all_default{
      .algorithm = RsaPss, .digest = Digest::Sha1, .mgf_digest = Digest::Sha1, .salt_length = 20};
  EXPECT_EQ(der(signature_identifier(all_default)), "300d06092a864886f70d01010a3000");
}

TEST(SignatureScheme, T19_pss_parameters_are_strict) {
  auto read = [](std::string_view parameters) {
    return read_signature_scheme({Oid::of("1.2.840.113549.1.1.10"), from_hex(parameters)}, {});
  };
  SignatureScheme all_default{.algorithm = SignatureAlgorithm::RsaPss,
                              .digest = Digest::Sha1,
                              .mgf_digest = Digest::Sha1,
                              .salt_length = 20};
  EXPECT_EQ(read("3000").value(), all_default);
  EXPECT_EQ(read("3012a00b300906052b0e03021a0500a303020101").value(), all_default);
  EXPECT_EQ(read("3005a203020100").value().salt_length, 0u);
  EXPECT_EQ(read("3006a20402020200").value().salt_length, 512u);
  const char* bad[] = {
      "0500",                                    // NULL
      "3005a303020102",                          // trailer 2
      "3006a20402020201",                        // salt 513
      "3005a2030201ff",                          // salt -1
      "3008a206020480000000",                    // salt -2^31
      "3010a00e300c06082a864886f70d02050500",    // MD5
      "3011a10f300d06092a864886f70d0101070500",  // no MGF1
      "300fa10d300b06092a864886f70d010108",      // MGF1 without hash
      "3005a403020101",                          // unknown field
      "300aa303020101a203020120",                // wrong order
  };
  for (const char* parameters : bad) {
    EXPECT_EQ(rule_of(read(parameters)), Rule::CryptoBadParameters) << parameters;
  }
  EXPECT_EQ(rule_of(read_signature_scheme({Oid::of("1.2.840.113549.1.1.10"), std::nullopt}, {})),
            Rule::CryptoBadParameters);
}

TEST(TransportScheme, ALG39_ALG40_ALG41_identifiers) {
  TransportScheme pkcs1{.algorithm = TransportAlgorithm::RsaPkcs1, .label = {}};
  EXPECT_EQ(der(transport_identifier(pkcs1)), "300d06092a864886f70d0101010500");
  EXPECT_EQ(read_transport_scheme(identifier("300b06092a864886f70d010101")).value(), pkcs1);
  TransportScheme all_default{.algorithm = TransportAlgorithm::RsaOaep,
                              .digest = Digest::Sha1,
                              .mgf_digest = Digest::Sha1,
                              .label = {}};
  EXPECT_EQ(der(transport_identifier(all_default)), "300d06092a864886f70d0101073000");
  TransportScheme mixed{.algorithm = TransportAlgorithm::RsaOaep,
                        .digest = Digest::Sha256,
                        .mgf_digest = Digest::Sha1,
                        .label = "label"};
  for (const TransportScheme& scheme : {all_default, mixed}) {
    EXPECT_EQ(read_transport_scheme(transport_identifier(scheme)).value(), scheme);
  }
}

TEST(TransportScheme, T32_oaep_parameters_are_mandatory_and_strict) {
  auto read = [](std::optional<Bytes> parameters) {
    return rule_of(read_transport_scheme({Oid::of("1.2.840.113549.1.1.7"), parameters}));
  };
  EXPECT_EQ(read(std::nullopt), Rule::CryptoBadParameters);
  for (const char* parameters :
       {"0500", "3003020100", "3011a20f300d06092a864886f70d0101080400",
        "300fa20d300b06092a864886f70d010109", "3010a00e300c06082a864886f70d02050500", "300030"}) {
    EXPECT_EQ(read(from_hex(parameters)), Rule::CryptoBadParameters) << parameters;
  }
  Bytes long_label = transport_identifier({.algorithm = TransportAlgorithm::RsaOaep,
                                           .label = std::string(1u << 20, 'x')})
                         .parameters.value();
  EXPECT_EQ(read(long_label), Rule::CryptoBadParameters);
}

TEST(KeyAgreement, ALG45_ALG46_KM19_identifiers_keep_the_wrap_as_it_stood) {
  struct Case {
    const char* hex;
    Kdf kdf;
    Digest digest;
    KeyWrap wrap;
  };
  const Case cases[] = {
      {"301506062b8104010b01300b0609608648016503040105", Kdf::X963, Digest::Sha256,
       KeyWrap::Aes128},
      {"301706062b8104010b03300d060960864801650304012d0500", Kdf::X963, Digest::Sha512,
       KeyWrap::Aes256},
      {"301a060b2a864886f70d0109100313300b0609608648016503040105", Kdf::Hkdf, Digest::Sha256,
       KeyWrap::Aes128},
      {"301c06092b81051086483f0002300f060b2a864886f70d01091003060500", Kdf::X963, Digest::Sha1,
       KeyWrap::TripleDes},
  };
  for (const Case& c : cases) {
    auto agreement = read_key_agreement(identifier(c.hex));
    ASSERT_TRUE(agreement) << c.hex;
    EXPECT_EQ(agreement->kdf, c.kdf);
    EXPECT_EQ(agreement->digest, c.digest);
    EXPECT_EQ(agreement->wrap, c.wrap);
    EXPECT_EQ(der(key_agreement_identifier(*agreement)), c.hex);
  }
  EXPECT_EQ(rule_of(read_key_agreement(identifier("300806062b8104010b01"))),
            Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(read_key_agreement(identifier("300a06062b8104010b010500"))),
            Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(read_key_agreement(identifier("300806062b8104010f01"))),
            Rule::CryptoUnknownAlgorithm);
}

TEST(KeyAgreement, ALG49_wrap_identifiers) {
  EXPECT_EQ(der(key_wrap_identifier(KeyWrap::Aes256)), "300b060960864801650304012d");
  EXPECT_EQ(der(key_wrap_identifier(KeyWrap::TripleDes)), "300f060b2a864886f70d01091003060500");
  EXPECT_EQ(read_key_wrap(identifier("300e060960864801650304012d020100")), std::nullopt);
}

TEST(Names, describe_schemes) {
  EXPECT_EQ(describe(SignatureScheme{}), "RSA PKCS #1 v1.5 with SHA-256");
  EXPECT_EQ(describe(SignatureScheme{.algorithm = SignatureAlgorithm::RsaPss}),
            "RSASSA-PSS with SHA-256, salt 32");
  EXPECT_EQ(describe(TransportScheme{.algorithm = TransportAlgorithm::RsaOaep,
                                     .digest = Digest::Sha256,
                                     .mgf_digest = Digest::Sha1,
                                     .label = {}}),
            "RSAES-OAEP with SHA-256, MGF1 SHA-1");
}

}  // namespace
}  // namespace bulla::crypto
