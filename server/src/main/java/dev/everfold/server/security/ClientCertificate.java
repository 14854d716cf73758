package dev.everfold.server.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Whose a certificate is that a client has shown and the handshake has checked: the user whose login name is its
/// common name.
final class ClientCertificate {

    private ClientCertificate() {}

    /// The login name of who is at the other end; empty without a certificate, and when it has no single common
    /// name.
    static Optional<String> login(@Nullable SSLSession session) {
        if (session == null) {
            return Optional.empty();
        }
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate shown
                    ? login(shown.getSubjectX500Principal())
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    /// The login name of whom a certificate is issued to.
    static Optional<String> login(X500Principal subject) {
        try {
            List<Object> names = new LdapName(subject.getName(X500Principal.RFC2253))
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .toList();
            return names.size() == 1 && names.getFirst() instanceof String name ? Optional.of(name) : Optional.empty();
        } catch (InvalidNameException noName) {
            return Optional.empty();
        }
    }
}
