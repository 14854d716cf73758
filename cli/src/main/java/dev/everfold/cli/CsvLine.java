package dev.everfold.cli;

import java.util.List;

/// One record of comma-separated values ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)) that a
/// spreadsheet only shows.
///
/// A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, and a formula that came with
/// an event could send away what the sheet holds. Such a cell gets a `'` in front, the mark for text.
/// Control characters are spelled out as for the terminal ([SafeText]), so that a record is one line.
final class CsvLine {

    private static final String END = "\r\n";
    /// The last four are the wide forms, which some spreadsheets take for the others.
    private static final String BEGIN_OF_FORMULA = "=+-@＝＋－＠";

    private CsvLine() {}

    /// The record, its end of line included.
    static String of(List<String> cells) {
        StringBuilder line = new StringBuilder(256);
        for (int index = 0; index < cells.size(); index++) {
            line.append(index == 0 ? "" : ",");
            append(line, cells.get(index));
        }
        return line.append(END).toString();
    }

    private static void append(StringBuilder line, String cell) {
        String text = SafeText.of(cell);
        String shown = text.stripLeading();
        if (!shown.isEmpty() && BEGIN_OF_FORMULA.indexOf(shown.charAt(0)) >= 0) {
            text = "'" + text;
        }
        if (text.indexOf(',') >= 0 || text.indexOf('"') >= 0) {
            line.append('"').append(text.replace("\"", "\"\"")).append('"');
        } else {
            line.append(text);
        }
    }
}
