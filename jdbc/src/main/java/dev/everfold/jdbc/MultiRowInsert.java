package dev.everfold.jdbc;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An insertion of one row, as one of many rows: most of what a server does for a statement it then does once for all
/// of them.
///
/// Only what is plainly that is taken: `insert into t (a, b) values (?, ?)`, with `on conflict` after it or not, with
/// all parameters in the row. Everything else stays as it is.
///
/// @param sql with [#ROWS] rows
/// @param parameters of one row
record MultiRowInsert(String sql, int parameters) {

    /// Rows of one statement.
    static final int ROWS = 32;

    private static final Pattern HEAD = Pattern.compile(
            "\\s*insert\\s+into\\s+[\\w.\"]+(\\s+as\\s+\\w+)?\\s*(\\([\\w\\s,\"]*\\))?\\s*values\\s*(?=\\()",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern TAIL =
            Pattern.compile("\\s*(on\\s+conflict\\b[^?]*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /// Comments, other kinds of strings, several statements, operators with question marks.
    private static final Pattern UNUSUAL = Pattern.compile("--|/\\*|\\$|\\\\|;|\\?\\?");

    /// Empty when the statement is something else.
    static Optional<MultiRowInsert> of(String sql) {
        Matcher head = HEAD.matcher(sql);
        if (!head.lookingAt() || UNUSUAL.matcher(sql).find()) {
            return Optional.empty();
        }
        int depth = 0;
        int parameters = 0;
        char quote = 0;
        for (int i = head.end(); i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '?') {
                parameters++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return of(sql, head.end(), i + 1, parameters);
            }
        }
        return Optional.empty();
    }

    private static Optional<MultiRowInsert> of(String sql, int begin, int end, int parameters) {
        String tail = sql.substring(end);
        if (parameters == 0 || !TAIL.matcher(tail).matches()) {
            return Optional.empty();
        }
        String rows = String.join(", ", Collections.nCopies(ROWS, sql.substring(begin, end)));
        return Optional.of(new MultiRowInsert(sql.substring(0, begin) + rows + tail, parameters));
    }

    boolean fits(List<StatementRunner.Row> rows) {
        return rows.stream().allMatch(row -> row.values().size() == parameters);
    }
}
