package dev.everfold.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The statements that create the tables of a read model, with names in braces. Immutable.
///
/// @param statements as the application gave them
/// @param names all that are in braces
/// @param tables those that are tables, in order
/// @param hash of the statements; white space does not count
record ModelSchema(List<String> statements, Set<String> names, List<String> tables, String hash) {

    private static final Pattern NAME = Pattern.compile("\\{([a-z][a-z0-9_]{0,39})}");
    private static final Pattern TABLE = Pattern.compile(
            "create\\s+(?:unlogged\\s+|virtual\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?" + NAME.pattern() + ".*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /// @throws IllegalArgumentException when a statement names nothing in braces, or none creates a table
    static ModelSchema of(List<String> statements) {
        Set<String> names = new TreeSet<>();
        Set<String> tables = new TreeSet<>();
        for (String statement : statements) {
            Matcher name = NAME.matcher(statement);
            if (!name.find()) {
                throw new IllegalArgumentException("Statement \"" + statement
                        + "\" of a read model names nothing in braces; expected for example"
                        + " create table {balances} (…). Names without braces would be the same in each build.");
            }
            do {
                names.add(name.group(1));
            } while (name.find());
            Matcher table = TABLE.matcher(statement.strip());
            if (table.matches()) {
                tables.add(table.group(1));
            }
        }
        if (tables.isEmpty()) {
            throw new IllegalArgumentException(
                    "A read model creates no table; expected for example create table {balances} (…).");
        }
        return new ModelSchema(List.copyOf(statements), Set.copyOf(names), List.copyOf(tables), hash(statements));
    }

    private static String hash(List<String> statements) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String statement : statements) {
                String flat = statement.strip().replaceAll("\\s+", " ");
                digest.update((flat + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /// What a name is called in a build.
    static String nameIn(long build, String name) {
        return name + "_b" + build;
    }

    /// A statement with the names of a build. Braces around anything else stay.
    String in(long build, String sql) {
        return NAME.matcher(sql)
                .replaceAll(name -> Matcher.quoteReplacement(
                        names.contains(name.group(1)) ? nameIn(build, name.group(1)) : name.group()));
    }
}
