package dev.everfold.server;

import dev.everfold.server.SecurityOptions.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

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
        return make(List.of(List.of(
                "-alias",
                "server",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1")));
    }

    /// A certificate of a client, its key, and that of the authority that vouches for it.
    record Client(Path authority, Path certificate, Path key, KeyStore keys) {

        KeyManager[] keyManagers() throws GeneralSecurityException {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD);
            return factory.getKeyManagers();
        }
    }

    /// Writes the certificate of a client, by an authority of the test's own.
    ///
    /// @param subject for example `CN=alice`
    /// @param more arguments of keytool, of which there may be none
    static Client writeClient(Path folder, String authority, String subject, String... more) throws Exception {
        List<String> client =
                new ArrayList<>(List.of("-alias", "client", "-keyalg", "EC", "-dname", subject, "-signer", "ca"));
        client.addAll(List.of(more));
        KeyStore keys = MADE.computeIfAbsent(
                authority + " " + client,
                _ -> make(List.of(
                        List.of("-alias", "ca", "-keyalg", "EC", "-dname", "CN=" + authority, "-ext", "bc:c"),
                        client)));
        Client files = new Client(
                folder.resolve(authority + ".pem"), folder.resolve("client.pem"), folder.resolve("client.key"), keys);
        Files.writeString(
                files.authority(), pem("CERTIFICATE", keys.getCertificate("ca").getEncoded()));
        Files.writeString(
                files.certificate(),
                pem("CERTIFICATE", keys.getCertificate("client").getEncoded()));
        Files.writeString(
                files.key(), pem("PRIVATE KEY", keys.getKey("client", PASSWORD).getEncoded()));
        return files;
    }

    private static KeyStore make(List<List<String>> pairs) {
        try {
            Path folder = Files.createTempDirectory("everfold-keytool");
            Path store = folder.resolve("store.p12");
            for (List<String> pair : pairs) {
                List<String> command = new ArrayList<>(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        String.valueOf(PASSWORD),
                        "-validity",
                        "30"));
                command.addAll(pair);
                if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                    throw new IOException("keytool failed");
                }
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
