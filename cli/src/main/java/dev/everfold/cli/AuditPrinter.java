package dev.everfold.cli;

import dev.everfold.cli.audit.AuditEntry;

/// Shows entries of an audit on standard output.
interface AuditPrinter {

    /// In which form.
    enum Format {
        /// For people: a row an event, as wide as the terminal.
        TABLE,
        /// For spreadsheets: RFC 4180, with a heading.
        CSV,
        /// For programs: a JSON object a line.
        NDJSON;
    }

    /// Shows one entry, at the latest when [#flush] is called.
    void print(AuditEntry entry);

    /// Brings out what was held back.
    void flush();

    static AuditPrinter of(Format format, Console console) {
        return switch (format) {
            case TABLE -> new AuditTable(console.out(), console.terminal().width());
            case CSV -> new AuditCsv(console.out());
            case NDJSON -> new AuditNdjson(console.out());
        };
    }
}
