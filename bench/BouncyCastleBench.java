// BouncyCastleBench PKI OPERATION IN OUT: one large operation with Bouncy Castle's streaming classes, for the time of a
// whole process. The cryptography is the JDK's own, which is faster than Bouncy Castle's.
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import javax.mail.Session;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;
import javax.mail.util.SharedFileInputStream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSSignedDataParser;
import org.bouncycastle.cms.CMSSignedDataStreamGenerator;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformationStore;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.mail.smime.SMIMEEnvelopedGenerator;
import org.bouncycastle.mail.smime.SMIMEEnvelopedParser;
import org.bouncycastle.mail.smime.SMIMESignedGenerator;
import org.bouncycastle.mail.smime.SMIMESignedParser;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.Store;

public class BouncyCastleBench {
  private static final Session SESSION = Session.getInstance(new Properties());

  private final Path pki;
  private final PrivateKey key;
  private final X509Certificate leaf;
  private final X509Certificate middle;
  private SharedFileInputStream shared;  // closes its file when it is collected

  private BouncyCastleBench(Path folder) throws Exception {
    pki = folder;
    String pem = Files.readString(pki.resolve("rsa.key")).replaceAll("-----[^-]*-----|\\s", "");
    key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    leaf = certificate("rsa.crt");
    middle = certificate("rsa-middle.crt");
  }

  public static void main(String[] arguments) throws Exception {
    BouncyCastleBench bench = new BouncyCastleBench(Path.of(arguments[0]));
    try (InputStream in = new BufferedInputStream(new FileInputStream(arguments[2]), 1 << 16);
        OutputStream out = new BufferedOutputStream(new FileOutputStream(arguments[3]), 1 << 16)) {
      bench.shared = new SharedFileInputStream(arguments[2]);
      bench.run(arguments[1], in, out);
    }
  }

  private void run(String operation, InputStream in, OutputStream out) throws Exception {
    switch (operation) {
      case "sign-clear" -> signMail(out);
      case "verify-clear" -> verifyMail(out);
      case "encrypt-mail-cbc" -> encryptMail(out);
      case "decrypt-mail-cbc" -> decrypt(new SMIMEEnvelopedParser(mail()).getRecipientInfos(), out);
      case "sign-opaque-der" -> sign(in, out);
      case "verify-opaque-der" -> verify(in, out);
      case "encrypt-cms-cbc-der" -> encrypt(in, out);
      case "decrypt-cms-cbc-der" -> decrypt(new CMSEnvelopedDataParser(in).getRecipientInfos(), out);
      default -> throw new IllegalArgumentException(operation);
    }
  }

  private X509Certificate certificate(String name) throws Exception {
    try (InputStream in = Files.newInputStream(pki.resolve(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private MimeMessage mail() throws Exception {
    return new MimeMessage(SESSION, shared);
  }

  private SignerInfoGenerator signer() throws Exception {
    return new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withRSA", key, leaf);
  }

  private JcaCertStore certificates() throws Exception {
    return new JcaCertStore(List.of(leaf, middle));
  }

  private RecipientInfoGenerator recipient() throws Exception {
    return new JceKeyTransRecipientInfoGenerator(leaf);
  }

  private static OutputEncryptor encryptor() throws Exception {
    return new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC).build();
  }

  private void signMail(OutputStream out) throws Exception {
    SMIMESignedGenerator generator = new SMIMESignedGenerator();
    generator.addSignerInfoGenerator(signer());
    generator.addCertificates(certificates());
    MimeMultipart multipart = generator.generate(new MimeBodyPart(shared));
    MimeMessage message = new MimeMessage(SESSION);
    message.setContent(multipart, multipart.getContentType());
    message.writeTo(out);
  }

  private void verifyMail(OutputStream out) throws Exception {
    SMIMESignedParser parser = new SMIMESignedParser(new JcaDigestCalculatorProviderBuilder().build(),
        (MimeMultipart) mail().getContent());
    check(parser.getSignerInfos(), parser.getCertificates());
    parser.getContent().writeTo(out);
  }

  private void encryptMail(OutputStream out) throws Exception {
    SMIMEEnvelopedGenerator generator = new SMIMEEnvelopedGenerator();
    generator.addRecipientInfoGenerator(recipient());
    generator.generate(new MimeBodyPart(shared), encryptor()).writeTo(out);
  }

  private void sign(InputStream in, OutputStream out) throws Exception {
    CMSSignedDataStreamGenerator generator = new CMSSignedDataStreamGenerator();
    generator.addSignerInfoGenerator(signer());
    generator.addCertificates(certificates());
    try (OutputStream content = generator.open(out, true)) {
      in.transferTo(content);
    }
  }

  private void verify(InputStream in, OutputStream out) throws Exception {
    CMSSignedDataParser parser = new CMSSignedDataParser(new JcaDigestCalculatorProviderBuilder().build(), in);
    parser.getSignedContent().getContentStream().transferTo(out);
    check(parser.getSignerInfos(), parser.getCertificates());
  }

  private void encrypt(InputStream in, OutputStream out) throws Exception {
    CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
    generator.addRecipientInfoGenerator(recipient());
    try (OutputStream content = generator.open(out, encryptor())) {
      in.transferTo(content);
    }
  }

  private void decrypt(RecipientInformationStore recipients, OutputStream out) throws Exception {
    recipients.getRecipients().iterator().next().getContentStream(new JceKeyTransEnvelopedRecipient(key))
        .getContentStream().transferTo(out);
  }

  // The signature and the path; as the others do, without revocation.
  private void check(SignerInformationStore signers, Store<X509CertificateHolder> carried) throws Exception {
    for (SignerInformation signer : signers) {
      X509CertificateHolder holder = (X509CertificateHolder) carried.getMatches(signer.getSID()).iterator().next();
      X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(holder);
      if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))) {
        throw new GeneralSecurityException("bad signature");
      }
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(certificate("rsa-root.crt"), null)));
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX").validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate, middle)), parameters);
    }
  }
}
