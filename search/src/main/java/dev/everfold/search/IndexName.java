package dev.everfold.search;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The name of a physical index, and of the alias that it is written and read by.
///
/// The servers make an index that is written but missing, and guess its mappings: from the first write after
/// somebody has deleted it, it would be there again, nearly empty and with wrong types. Refusing that per request
/// (`require_alias`) does not cover deletions, and refusing it per cluster is not ours to decide. But an index is
/// made under the name that was written to. So we write to an alias whose name no index can have, since index names
/// must be lower case and aliases need not be.
record IndexName(String value) {

    /// The limit of the servers, less what aliases need.
    private static final int BYTES_MAX = 200;

    private static final String ALIAS_SUFFIX = ".WRITE";

    /// What both servers take without exceptions to remember; wildcards, lists and date arithmetic are not names.
    private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9_.-]*");

    IndexName {
        if (!VALID.matcher(value).matches() || value.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new IllegalArgumentException("Index name \"" + value + "\" is not usable; expected 1 to " + BYTES_MAX
                    + " of a-z, 0-9, \"_\", \".\" and \"-\", the first a letter or digit.");
        }
    }

    /// The alias by which alone documents are written and read.
    String writeAlias() {
        return value + ALIAS_SUFFIX;
    }

    @Override
    public String toString() {
        return value;
    }
}
