package dev.everfold.server.security;

/// A change of users that was refused; nothing was stored.
public final class UserException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Reason {
        /// There is no user of that name.
        NOT_FOUND,
        /// There is one already, or others changed the same one all the time.
        CONFLICT,
        /// The password that was to be replaced is another one.
        WRONG_PASSWORD
    }

    private final Reason reason;
    private final String login;

    UserException(Reason reason, String login) {
        super(
                switch (reason) {
                    case NOT_FOUND -> "There is no user \"" + login + "\"; expected the name of one.";
                    case CONFLICT ->
                        "User \"" + login + "\" exists already or was changed by others; expected a new name.";
                    case WRONG_PASSWORD -> "The current password of user \"" + login + "\" is another one.";
                });
        this.reason = reason;
        this.login = login;
    }

    /// Why it was refused.
    public Reason reason() {
        return reason;
    }

    /// Whom it was about.
    public String login() {
        return login;
    }
}
