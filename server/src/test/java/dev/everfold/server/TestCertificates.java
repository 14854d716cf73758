package dev.everfold.server;

import dev.everfold.server.SecurityOptions.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Certificates for `localhost`, made by the JDK's keytool, each its own authority.
final class TestCertificates {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private TestCertificates() {}

    /// Made once for each name, since making one takes a second.
    private static final Map<String, KeyStore> MADE = new ConcurrentHashMap<>();

    /// Writes a certificate and its key over what was there.
    ///
    /// @param algorithm of the key: RSA, EC or Ed25519
    static Tls write(Path folder, String algorithm) throws Exception {
        return write(folder, algorithm, "first");
    }

    /// Writes another one.
    static Tls writeOther(Path folder, String algorithm) throws Exception {
        return write(folder, algorithm, "other");
    }

    private static Tls write(Path folder, String algorithm, String which) throws Exception {
        KeyStore keys = MADE.computeIfAbsent(algorithm + which, _ -> make(algorithm));
        Tls files = new Tls(folder.resolve("server.crt"), folder.resolve("server.key"));
        Files.writeString(
                files.certificate(),
                pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
        Files.writeString(
                files.key(), pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
        return files;
    }

    private static KeyStore make(String algorithm) {
        try {
            Path folder = Files.createTempDirectory("everfold-keytool");
            Path store = folder.resolve("store.p12");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    String.valueOf(PASSWORD),
                    "-alias",
                    "server",
                    "-keyalg",
                    algorithm,
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "SAN=dns:localhost,ip:127.0.0.1",
                    "-validity",
                    "30");
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IOException("keytool failed");
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream input = Files.newInputStream(store)) {
                keys.load(input, PASSWORD);
            }
            Files.delete(store);
            Files.delete(folder);
            return keys;
        } catch (IOException | GeneralSecurityException | InterruptedException failed) {
            throw new IllegalStateException("No certificate could be made.", failed);
        }
    }

    private static String pem(String what, byte[] encoded) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + what
                + "-----\n";
    }
}
