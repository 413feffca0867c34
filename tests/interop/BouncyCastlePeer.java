// Bouncy Castle as a peer of run_interop.py. Reads one command a line, words separated by tabs, and answers each
// with one line: "ok", or "refused" and the reason.
//
//   version
//   sign        FORM ALGORITHM IDENTITIES CHAIN IN OUT     FORM: opaque, detached, stream, mail-opaque, mail-clear
//   verify      ROOT MESSAGE CONTENT|- OUT                 a mail is recognised by its header
//   encrypt     FORM CIPHER SCHEME CERTIFICATES IN OUT     FORM: der, stream, mail
//   decrypt     KEY MESSAGE OUT                            KEY: as SCHEME, or an identity
//   compress    FORM IN OUT
//   uncompress  MESSAGE OUT
//
// An identity is a PKCS #12 file under the passphrase "interop". SCHEME is pkcs1, oaep-DIGEST,
// ecdh-DIGEST, hkdf-DIGEST, rsa-kem, ml-kem, password:TEXT or kek:ID:KEY (both hexadecimal). Lists are
// separated by commas. What came after 1.72 is reached by reflection.
import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.*;
import java.util.*;
import javax.crypto.spec.*;
import javax.mail.*;
import javax.mail.internet.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.mail.smime.*;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.util.Store;
import org.bouncycastle.util.encoders.Hex;

public class BouncyCastlePeer {
  static final char[] PASSPHRASE = "interop".toCharArray();

  static class Identity {
    final PrivateKey key;
    final X509Certificate certificate;

    Identity(String file) throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12", "BC");
      try (InputStream in = new FileInputStream(file)) {
        store.load(in, PASSPHRASE);
      }
      String alias = store.aliases().nextElement();
      key = (PrivateKey) store.getKey(alias, PASSPHRASE);
      certificate = (X509Certificate) store.getCertificate(alias);
    }
  }

  static byte[] read(String file) throws IOException { return Files.readAllBytes(Path.of(file)); }

  static void write(String file, byte[] data) throws IOException { Files.write(Path.of(file), data); }

  static X509Certificate certificate(String file) throws Exception {
    try (InputStream in = new FileInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(in);
    }
  }

  static boolean isMail(byte[] data) { return data.length > 0 && (data[0] & 0xff) != 0x30; }

  static MimeMessage mail(byte[] data) throws Exception {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(data));
  }

  static byte[] octets(MimePart part) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    part.writeTo(out);
    return out.toByteArray();
  }

  static void writeMail(String file, Object content, String type) throws Exception {
    MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
    message.setFrom("rsa@example.com");
    message.setRecipients(Message.RecipientType.TO, "rsa2@example.com");
    message.setSubject("Dawn");
    message.setContent(content, type);
    message.saveChanges();
    write(file, octets(message));
  }

  static SignerInfoGenerator signer(Identity identity, String algorithm) throws Exception {
    return new JcaSimpleSignerInfoGeneratorBuilder().setProvider("BC")
        .build(algorithm, identity.key, identity.certificate);
  }

  static String algorithmFor(Identity identity, String wanted) {
    String[] digestAndPadding = wanted.split("\\+");
    switch (identity.key.getAlgorithm()) {
      case "RSA":
        if (digestAndPadding.length == 1) return digestAndPadding[0] + "withRSA";
        return digestAndPadding[0] + (digestAndPadding[0].startsWith("SHAKE") ? "withRSAPSS" : "withRSAandMGF1");
      case "EC": case "ECDSA": return digestAndPadding[0] + "withECDSA";
      case "DSA": return digestAndPadding[0] + "withDSA";
      default: return identity.key.getAlgorithm();
    }
  }

  static void sign(String form, String algorithm, String identities, String chain, String in, String out)
      throws Exception {
    List<X509Certificate> certificates = new ArrayList<>(List.of(certificate(chain)));
    List<SignerInfoGenerator> signers = new ArrayList<>();
    for (String file : identities.split(",")) {
      Identity identity = new Identity(file);
      certificates.add(identity.certificate);
      signers.add(signer(identity, algorithmFor(identity, algorithm)));
    }
    JcaCertStore store = new JcaCertStore(certificates);
    byte[] content = read(in);
    if (form.startsWith("mail-")) {
      SMIMESignedGenerator generator = new SMIMESignedGenerator();
      for (SignerInfoGenerator signer : signers) generator.addSignerInfoGenerator(signer);
      generator.addCertificates(store);
      MimeBodyPart part = SMIMEUtil.toMimeBodyPart(content);
      if (form.equals("mail-clear")) {
        MimeMultipart parts = generator.generate(part);
        writeMail(out, parts, parts.getContentType());
      } else {
        MimeBodyPart whole = generator.generateEncapsulated(part);
        writeMail(out, whole.getContent(), whole.getContentType());
      }
    } else if (form.equals("stream")) {
      CMSSignedDataStreamGenerator generator = new CMSSignedDataStreamGenerator();
      for (SignerInfoGenerator signer : signers) generator.addSignerInfoGenerator(signer);
      generator.addCertificates(store);
      try (OutputStream file = new FileOutputStream(out); OutputStream to = generator.open(file, true)) {
        to.write(content);
      }
    } else {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      for (SignerInfoGenerator signer : signers) generator.addSignerInfoGenerator(signer);
      generator.addCertificates(store);
      write(out, generator.generate(new CMSProcessableByteArray(content), form.equals("opaque")).getEncoded());
    }
  }

  // From the signer's certificate through those of the message to the root.
  static void checkPath(X509CertificateHolder end, Store<X509CertificateHolder> others, X509Certificate root)
      throws Exception {
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter().setProvider("BC");
    X509CertificateHolder current = end;
    for (int length = 0; length < 8; ++length) {
      X509Certificate certificate = converter.getCertificate(current);
      certificate.checkValidity();
      if (current.getIssuer().equals(new JcaX509CertificateHolder(root).getSubject())) {
        certificate.verify(root.getPublicKey());
        return;
      }
      X509CertificateHolder issuer = null;
      for (X509CertificateHolder other : others.getMatches(null)) {
        if (other.getSubject().equals(current.getIssuer())) issuer = other;
      }
      if (issuer == null) throw new CMSException("no certificate of " + current.getIssuer());
      certificate.verify(converter.getCertificate(issuer).getPublicKey());
      current = issuer;
    }
    throw new CMSException("no path");
  }

  static void check(SignerInformationStore signers, Store<X509CertificateHolder> certificates, X509Certificate root)
      throws Exception {
    if (signers.size() == 0) throw new CMSException("no signer");
    for (SignerInformation signer : signers.getSigners()) {
      @SuppressWarnings("unchecked")
      Collection<X509CertificateHolder> named = certificates.getMatches(signer.getSID());
      X509CertificateHolder holder = named.iterator().next();
      if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(holder))) {
        throw new CMSException("signature of " + holder.getSubject());
      }
      checkPath(holder, certificates, root);
    }
  }

  static void verify(String root, String message, String content, String out) throws Exception {
    byte[] data = read(message);
    X509Certificate anchor = certificate(root);
    if (isMail(data)) {
      MimeMessage mail = mail(data);
      boolean clear = mail.isMimeType("multipart/signed");
      SMIMESigned signed = clear ? new SMIMESigned((MimeMultipart) mail.getContent()) : new SMIMESigned(mail);
      check(signed.getSignerInfos(), signed.getCertificates(), anchor);
      write(out, octets(signed.getContent()));
      return;
    }
    CMSSignedData signed = content.equals("-") ? new CMSSignedData(data)
                                               : new CMSSignedData(new CMSProcessableByteArray(read(content)), data);
    check(signed.getSignerInfos(), signed.getCertificates(), anchor);
    write(out, (byte[]) signed.getSignedContent().getContent());
  }

  static String digestName(String name) { return "SHA-" + name.substring(3); }

  static ASN1ObjectIdentifier wrap(String cipher) {
    if (cipher.contains("-128") || cipher.startsWith("seed")) return CMSAlgorithm.AES128_WRAP;
    if (cipher.contains("-192")) return CMSAlgorithm.AES192_WRAP;
    return cipher.startsWith("3des") ? CMSAlgorithm.DES_EDE3_WRAP : CMSAlgorithm.AES256_WRAP;
  }

  static ASN1ObjectIdentifier agreement(String digest) {
    switch (digest) {
      case "sha1": return CMSAlgorithm.ECDH_SHA1KDF;
      case "sha224": return CMSAlgorithm.ECDH_SHA224KDF;
      case "sha256": return CMSAlgorithm.ECDH_SHA256KDF;
      case "sha384": return CMSAlgorithm.ECDH_SHA384KDF;
      default: return CMSAlgorithm.ECDH_SHA512KDF;
    }
  }

  static RecipientInfoGenerator agree(X509Certificate certificate, ASN1ObjectIdentifier algorithm, String cipher)
      throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", "BC");
    pairs.initialize(((java.security.interfaces.ECPublicKey) certificate.getPublicKey()).getParams());
    KeyPair ephemeral = pairs.generateKeyPair();
    return new JceKeyAgreeRecipientInfoGenerator(algorithm, ephemeral.getPrivate(), ephemeral.getPublic(), wrap(cipher))
        .addRecipient(certificate).setProvider("BC");
  }

  // RFC 8418 7
  static ASN1ObjectIdentifier hkdfAgreement(String digest) {
    String arc = "1.2.840.113549.1.9.16.3.";
    return new ASN1ObjectIdentifier(arc + (digest.equals("sha256") ? 19 : digest.equals("sha384") ? 20 : 21));
  }

  static RecipientInfoGenerator agreeMontgomery(X509Certificate certificate, String digest, String cipher)
      throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance(certificate.getPublicKey().getAlgorithm(), "BC");
    KeyPair ephemeral = pairs.generateKeyPair();
    return new JceKeyAgreeRecipientInfoGenerator(hkdfAgreement(digest), ephemeral.getPrivate(), ephemeral.getPublic(),
                                                 wrap(cipher))
        .addRecipient(certificate).setProvider("BC");
  }

  static Object made(String name, Object... arguments) throws Exception {
    Class<?> type;
    try {
      type = Class.forName("org.bouncycastle.cms.jcajce." + name);
    } catch (ClassNotFoundException absent) {
      throw new CMSException("no " + name + " in this version");
    }
    for (java.lang.reflect.Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() != arguments.length) continue;
      try {
        Object object = constructor.newInstance(arguments);
        try {
          return type.getMethod("setProvider", String.class).invoke(object, "BC");
        } catch (NoSuchMethodException none) {
          return object;
        }
      } catch (IllegalArgumentException other) {
        continue;
      }
    }
    throw new CMSException("no fitting " + name);
  }

  static RecipientInfoGenerator recipient(X509Certificate certificate, String scheme, String cipher) throws Exception {
    String[] parts = scheme.split("-");
    String digest = parts.length > 1 ? parts[1] : "sha256";
    if (scheme.endsWith("-kem")) {
      return (RecipientInfoGenerator) made("JceKEMRecipientInfoGenerator", certificate, CMSAlgorithm.AES256_WRAP);
    }
    if (parts[0].equals("hkdf")) return agreeMontgomery(certificate, digest, cipher);
    if (!certificate.getPublicKey().getAlgorithm().equals("RSA")) return agree(certificate, agreement(digest), cipher);
    if (!parts[0].equals("oaep")) return new JceKeyTransRecipientInfoGenerator(certificate).setProvider("BC");
    AlgorithmIdentifier oaep = new JcaAlgorithmParametersConverter().getAlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSAES_OAEP,
        new OAEPParameterSpec(digestName(digest), "MGF1", new MGF1ParameterSpec(digestName(digest)),
                              PSource.PSpecified.DEFAULT));
    return new JceKeyTransRecipientInfoGenerator(certificate, oaep).setProvider("BC");
  }

  static List<RecipientInfoGenerator> recipients(String scheme, String certificates, String cipher) throws Exception {
    String[] parts = scheme.split(":");
    if (parts[0].equals("password")) {
      return List.of(new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, parts[1].toCharArray())
                         .setProvider("BC").setPRF(PasswordRecipient.PRF.HMacSHA256));
    }
    if (parts[0].equals("kek")) {
      SecretKeySpec key = new SecretKeySpec(Hex.decode(parts[2]), "AES");
      return List.of(new JceKEKRecipientInfoGenerator(Hex.decode(parts[1]), key).setProvider("BC"));
    }
    List<RecipientInfoGenerator> result = new ArrayList<>();
    for (String file : certificates.split(",")) result.add(recipient(certificate(file), scheme, cipher));
    return result;
  }

  static ASN1ObjectIdentifier cipher(String name) {
    switch (name) {
      case "aes-128-cbc": return CMSAlgorithm.AES128_CBC;
      case "aes-192-cbc": return CMSAlgorithm.AES192_CBC;
      case "aes-128-gcm": return CMSAlgorithm.AES128_GCM;
      case "aes-192-gcm": return CMSAlgorithm.AES192_GCM;
      case "aes-256-gcm": return CMSAlgorithm.AES256_GCM;
      case "3des-cbc": return CMSAlgorithm.DES_EDE3_CBC;
      case "aes-128-ccm": return CMSAlgorithm.AES128_CCM;
      case "aes-192-ccm": return CMSAlgorithm.AES192_CCM;
      case "aes-256-ccm": return CMSAlgorithm.AES256_CCM;
      case "chacha20-poly1305": return new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.18");
      case "camellia-128-cbc": return CMSAlgorithm.CAMELLIA128_CBC;
      case "camellia-192-cbc": return CMSAlgorithm.CAMELLIA192_CBC;
      case "camellia-256-cbc": return CMSAlgorithm.CAMELLIA256_CBC;
      case "seed-cbc": return CMSAlgorithm.SEED_CBC;
      case "aria-128-cbc": return new ASN1ObjectIdentifier("1.2.410.200046.1.1.2");
      case "aria-192-cbc": return new ASN1ObjectIdentifier("1.2.410.200046.1.1.7");
      case "aria-256-cbc": return new ASN1ObjectIdentifier("1.2.410.200046.1.1.12");
      case "des-cbc": return CMSAlgorithm.DES_CBC;
      case "rc2-40-cbc": case "rc2-64-cbc": case "rc2-128-cbc": return CMSAlgorithm.RC2_CBC;
      default: return CMSAlgorithm.AES256_CBC;
    }
  }

  static void encrypt(String form, String cipher, String scheme, String certificates, String in, String out)
      throws Exception {
    byte[] content = read(in);
    JceCMSContentEncryptorBuilder builder = cipher.startsWith("rc2-")
        ? new JceCMSContentEncryptorBuilder(cipher(cipher), Integer.parseInt(cipher.split("-")[1]))
        : new JceCMSContentEncryptorBuilder(cipher(cipher));
    OutputEncryptor encryptor = builder.setProvider("BC").build();
    if (cipher.endsWith("poly1305") && !(encryptor instanceof OutputAEADEncryptor)) {
      throw new CMSException("ChaCha20-Poly1305 is no AEAD cipher in this version");
    }
    List<RecipientInfoGenerator> recipients = recipients(scheme, certificates, cipher);
    if (encryptor instanceof OutputAEADEncryptor) {
      CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
      for (RecipientInfoGenerator recipient : recipients) generator.addRecipientInfoGenerator(recipient);
      CMSTypedData typed = new CMSProcessableByteArray(content);
      write(out, generator.generate(typed, (OutputAEADEncryptor) encryptor).getEncoded());
    } else if (form.equals("mail")) {
      SMIMEEnvelopedGenerator generator = new SMIMEEnvelopedGenerator();
      for (RecipientInfoGenerator recipient : recipients) generator.addRecipientInfoGenerator(recipient);
      MimeBodyPart whole = generator.generate(SMIMEUtil.toMimeBodyPart(content), encryptor);
      writeMail(out, whole.getContent(), whole.getContentType());
    } else if (form.equals("stream")) {
      CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
      for (RecipientInfoGenerator recipient : recipients) generator.addRecipientInfoGenerator(recipient);
      try (OutputStream file = new FileOutputStream(out); OutputStream to = generator.open(file, encryptor)) {
        to.write(content);
      }
    } else {
      CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
      for (RecipientInfoGenerator recipient : recipients) generator.addRecipientInfoGenerator(recipient);
      write(out, generator.generate(new CMSProcessableByteArray(content), encryptor).getEncoded());
    }
  }

  static Recipient recipient(PrivateKey key, boolean encapsulated, boolean authenticated) throws Exception {
    boolean transport = key.getAlgorithm().equals("RSA");
    if (encapsulated) return (Recipient) made(authenticated ? "JceKEMAuthEnvelopedRecipient" : "JceKEMEnvelopedRecipient", key);
    if (authenticated && !transport) return (Recipient) made("JceKeyAgreeAuthEnvelopedRecipient", key);
    if (authenticated) return new JceKeyTransAuthEnvelopedRecipient(key).setProvider("BC");
    return transport ? new JceKeyTransEnvelopedRecipient(key).setProvider("BC")
                     : new JceKeyAgreeEnvelopedRecipient(key).setProvider("BC");
  }

  static byte[] decrypted(RecipientInformationStore recipients, String key, boolean authenticated) throws Exception {
    String[] parts = key.split(":");
    if (parts[0].equals("password") || parts[0].equals("kek")) {
      if (authenticated && parts[0].equals("password")) {
        return recipients.iterator().next().getContent(
            (Recipient) made("JcePasswordAuthEnvelopedRecipient", (Object) parts[1].toCharArray()));
      }
      if (authenticated) {
        return recipients.iterator().next().getContent(
            (Recipient) made("JceKEKAuthEnvelopedRecipient", new SecretKeySpec(Hex.decode(parts[2]), "AES")));
      }
      Recipient secret = parts[0].equals("password")
          ? new JcePasswordEnvelopedRecipient(parts[1].toCharArray()).setProvider("BC")
          : new JceKEKEnvelopedRecipient(new SecretKeySpec(Hex.decode(parts[2]), "AES")).setProvider("BC");
      return recipients.iterator().next().getContent(secret);
    }
    Identity identity = new Identity(key);
    RecipientInformation first = recipients.iterator().next();
    boolean encapsulated = first.getClass().getSimpleName().equals("KEMRecipientInformation");
    RecipientId id = encapsulated ? first.getRID()
        : identity.key.getAlgorithm().equals("RSA") ? new JceKeyTransRecipientId(identity.certificate)
                                                    : new JceKeyAgreeRecipientId(identity.certificate);
    RecipientInformation found = recipients.get(id);
    if (found == null) throw new CMSException("no recipient " + identity.certificate.getSubjectX500Principal());
    return found.getContent(recipient(identity.key, encapsulated, authenticated));
  }

  static void decrypt(String key, String message, String out) throws Exception {
    byte[] data = read(message);
    if (isMail(data)) data = mail(data).getInputStream().readAllBytes();
    ASN1ObjectIdentifier type = org.bouncycastle.asn1.cms.ContentInfo.getInstance(data).getContentType();
    boolean authenticated = type.equals(org.bouncycastle.asn1.cms.CMSObjectIdentifiers.authEnvelopedData);
    RecipientInformationStore recipients = authenticated ? new CMSAuthEnvelopedData(data).getRecipientInfos()
                                                         : new CMSEnvelopedData(data).getRecipientInfos();
    write(out, decrypted(recipients, key, authenticated));
  }

  static void compress(String form, String in, String out) throws Exception {
    byte[] content = read(in);
    OutputCompressor zlib = new ZlibCompressor();
    if (form.equals("mail")) {
      MimeBodyPart whole = new SMIMECompressedGenerator().generate(SMIMEUtil.toMimeBodyPart(content), zlib);
      writeMail(out, whole.getContent(), whole.getContentType());
    } else if (form.equals("stream")) {
      try (OutputStream file = new FileOutputStream(out);
           OutputStream to = new CMSCompressedDataStreamGenerator().open(file, zlib)) {
        to.write(content);
      }
    } else {
      write(out, new CMSCompressedDataGenerator().generate(new CMSProcessableByteArray(content), zlib).getEncoded());
    }
  }

  static void uncompress(String message, String out) throws Exception {
    byte[] data = read(message);
    if (isMail(data)) data = mail(data).getInputStream().readAllBytes();
    write(out, new CMSCompressedData(data).getContent(new ZlibExpanderProvider()));
  }

  static String answer(String[] words) throws Exception {
    switch (words[0]) {
      case "version": return "ok\t" + new BouncyCastleProvider().getInfo().replaceAll(".* v", "");
      case "sign": sign(words[1], words[2], words[3], words[4], words[5], words[6]); return "ok";
      case "verify": verify(words[1], words[2], words[3], words[4]); return "ok";
      case "encrypt": encrypt(words[1], words[2], words[3], words[4], words[5], words[6]); return "ok";
      case "decrypt": decrypt(words[1], words[2], words[3]); return "ok";
      case "compress": compress(words[1], words[2], words[3]); return "ok";
      case "uncompress": uncompress(words[1], words[2]); return "ok";
      default: return "refused\tunknown command";
    }
  }

  public static void main(String[] arguments) throws IOException {
    Security.addProvider(new BouncyCastleProvider());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String reply;
      try {
        reply = answer(line.split("\t"));
      } catch (Throwable reason) {
        reply = "refused\t" + reason.toString().replaceAll("\\s+", " ");
      }
      System.out.println(reply);
      System.out.flush();
    }
  }
}
