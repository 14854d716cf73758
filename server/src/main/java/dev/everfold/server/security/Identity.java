package dev.everfold.server.security;

import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.server.SecurityOptions.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/// A certificate, those that lead from it to an authority, and its key; immutable.
///
/// @param chain the server's own certificate first
/// @param key of that certificate
record Identity(List<X509Certificate> chain, PrivateKey key) {

    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final byte[] PROBE = "everfold".getBytes(StandardCharsets.US_ASCII);

    /// Reads both files.
    ///
    /// @throws StoreUnavailableException when they cannot be read, or do not belong together
    static Identity read(Tls files) {
        try {
            List<X509Certificate> chain = certificates(files.certificate());
            PrivateKey key = key(files.key(), chain.getFirst().getPublicKey());
            requirePair(chain.getFirst().getPublicKey(), key);
            return new Identity(chain, key);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            throw new StoreUnavailableException(
                    "The certificate \"" + files.certificate() + "\" with the key \"" + files.key()
                            + "\" cannot be used: " + reason(unusable, "")
                            + ". Expected both in PEM, the key as PKCS #8 without a"
                            + " password.",
                    false,
                    unusable);
        }
    }

    /// After this, clients refuse it.
    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /// Why a file could not be used, for messages.
    ///
    /// @param named the file that the message names already
    static String reason(Exception unusable, String named) {
        return unusable instanceof IOException failure
                ? IoReason.of(failure, named).words()
                : String.valueOf(unusable.getMessage());
    }

    /// All certificates of a file in PEM, one at least.
    static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(file);
        List<X509Certificate> chain =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("it holds no certificate");
        }
        return chain;
    }

    private static PrivateKey key(Path file, PublicKey pair) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
        int begin = pem.indexOf(KEY_BEGIN);
        int end = pem.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw new GeneralSecurityException("the key's file has no \"" + KEY_BEGIN + "\"");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(begin + KEY_BEGIN.length(), end));
        return KeyFactory.getInstance(pair.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /// While both files are being replaced, one is new and one is old.
    private static void requirePair(PublicKey pair, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (pair.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> pair.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(pair);
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }
}
