// Writes the files of this folder with Bouncy Castle 1.72, the only program at hand that makes
// AuthenticatedData (RFC 5652 9). The recipients are those of ../cms.
//
//   javac -cp bcprov.jar:bcpkix.jar:bcutil.jar MakeAuthenticated.java
//   java -cp .:bcprov.jar:bcpkix.jar:bcutil.jar MakeAuthenticated ../cms .
import java.io.FileInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;

public class MakeAuthenticated {
  static final byte[] CONTENT = "Content-Type: text/plain\r\n\r\nHello, bulla.\r\n".getBytes(StandardCharsets.US_ASCII);

  static X509Certificate certificate(Path folder, String name) throws Exception {
    try (FileInputStream in = new FileInputStream(folder.resolve(name + ".pem").toFile())) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  static RecipientInfoGenerator recipient(Path folder, String kind) throws Exception {
    switch (kind) {
      case "ktri":
        return new JceKeyTransRecipientInfoGenerator(certificate(folder, "rsa")).setProvider("BC");
      case "kari": {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
        generator.initialize(new ECGenParameterSpec("P-256"));
        KeyPair pair = generator.generateKeyPair();
        return new JceKeyAgreeRecipientInfoGenerator(CMSAlgorithm.ECDH_SHA256KDF, pair.getPrivate(), pair.getPublic(),
                                                     CMSAlgorithm.AES256_WRAP)
            .addRecipient(certificate(folder, "p256")).setProvider("BC");
      }
      case "kekri": {
        byte[] kek = new byte[32];
        for (int i = 0; i < kek.length; ++i) kek[i] = (byte) i;
        return new JceKEKRecipientInfoGenerator(new byte[] {1, 2}, new SecretKeySpec(kek, "AES")).setProvider("BC");
      }
      default:
        return new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, "secret".toCharArray())
            .setProvider("BC").setPasswordConversionScheme(PasswordRecipient.PKCS5_SCHEME2_UTF8)
            .setSaltAndIterationCount(new byte[16], 2048).setPRF(PasswordRecipient.PRF.HMacSHA256);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    Path folder = Path.of(arguments[0]);
    DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
    for (String kind : new String[] {"ktri", "kari", "kekri", "pwri"}) {
      for (boolean attributes : new boolean[] {false, true}) {
        CMSAuthenticatedDataGenerator generator = new CMSAuthenticatedDataGenerator();
        generator.addRecipientInfoGenerator(recipient(folder, kind));
        var mac = new JceCMSMacCalculatorBuilder(PKCSObjectIdentifiers.id_hmacWithSHA256).setProvider("BC").build();
        CMSTypedData content = new CMSProcessableByteArray(CONTENT);
        CMSAuthenticatedData data = attributes
            ? generator.generate(content, mac, digests.get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)))
            : generator.generate(content, mac);
        Files.write(Path.of(arguments[1], kind + (attributes ? "_attributes" : "") + ".p7m"), data.getEncoded());
      }
    }
  }
}
