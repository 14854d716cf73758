package dev.everfold.postgres;

import dev.everfold.postgres.AppendDecisions.Decision;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A batch of appends that is decided before the server is asked, on how this process [knows][KnownEnd] the log
/// to end, and stored in one statement if it still ends so: one commit, and the server looks for next to nothing.
///
/// Of conditions that this process cannot tell, it is expected that they hold, and the server looks. Last
/// revisions that it does not know are read before, in a round trip of their own that pays off for a batch; they
/// are right if the log still ends so when the batch is stored.
final class AppendBehind {

    private final List<PendingAppend> batch;
    private final KnownEnd known;
    private final Finding finding;

    /// The last revisions of its streams, as far as they are known.
    private final Map<String, Long> revisions;

    private boolean asked;

    private AppendBehind(List<PendingAppend> batch, KnownEnd known) {
        this.batch = batch;
        this.known = known;
        this.finding = new Finding(batch, known::fulfils);
        this.revisions = known.revisions(finding.streams());
    }

    /// The batch behind the known end; empty when that is not likely to be the end, does not tell what was tracked,
    /// or tells too little of a lone append: [AppendCall] needs no round trip more for it.
    static Optional<AppendBehind> of(List<PendingAppend> batch, KnownEnd known) {
        if (!known.isLikely()
                || batch.stream()
                        .anyMatch(pending -> pending.append().tracking().isPresent())) {
            return Optional.empty();
        }
        AppendBehind behind = new AppendBehind(batch, known);
        return batch.size() > 1 || behind.unknown().isEmpty() ? Optional.of(behind) : Optional.empty();
    }

    /// The streams whose last revision is not known.
    private List<String> unknown() {
        return finding.streams().stream()
                .filter(stream -> !revisions.containsKey(stream))
                .toList();
    }

    /// Stores it, on a connection that commits each statement.
    ///
    /// @param partitionsEnd position before which there are partitions
    /// @param rememberedMax how many appends are remembered
    /// @return what became of it; empty when nothing is stored, since not all may be, or the log ends otherwise
    Optional<AppendDecisions> run(AppendSql sql, Connection connection, long partitionsEnd, int rememberedMax)
            throws SQLException {
        readUnknown(sql, connection);
        AppendDecisions decisions = new AppendDecisions(known.found(revisions), rememberedMax);
        for (PendingAppend pending : batch) {
            if (!(decisions.decide(pending) instanceof Decision.Accepted)) {
                return Optional.empty();
            }
        }
        if (decisions.nextPosition() > partitionsEnd) {
            return Optional.empty();
        }
        asked = true;
        boolean isOne = batch.size() == 1 && decisions.events().size() == 1 && finding.items() <= 1;
        try (PreparedStatement statement = isOne ? one(sql, connection, decisions) : many(sql, connection, decisions);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(decisions) : Optional.empty();
        }
    }

    /// Whether the server has to look up what is [written behind][Indexer] appends.
    boolean looksUp() {
        return finding.looksUp() || finding.appendIds().stream().anyMatch(known::mayRemember);
    }

    /// Whether the server was asked to store it.
    boolean isAsked() {
        return asked;
    }

    private void readUnknown(AppendSql sql, Connection connection) throws SQLException {
        List<String> unknown = unknown();
        if (unknown.isEmpty()) {
            return;
        }
        NamedValues values = new NamedValues().put("wait_max", sql.waitMax()).array("streams", "text", unknown);
        try (PreparedStatement statement = sql.revisions().prepare(connection, values);
                ResultSet row = statement.executeQuery()) {
            row.next();
            revisions.putAll(Finding.byName(unknown, SqlArrays.numbers(row, "revisions")));
        }
    }

    private PreparedStatement one(AppendSql sql, Connection connection, AppendDecisions decisions) throws SQLException {
        PlacedEvent event = decisions.events().getFirst();
        UUID appendId = finding.appendIds().getFirst();
        NamedValues values = end().put("position", event.place().position())
                .put("first_number", decisions.firstNumber())
                .put("revision", event.place().revision())
                .put("recorded", event.place().recordedMicros())
                .put("append_id", appendId);
        EventParameters.put(values, event.event());
        finding.onlyItem().ifPresent(item -> item.put(values));
        AppendSql.One one = known.mayRemember(appendId) ? sql.oneBehindDoubtful() : sql.oneBehind();
        return one.statement(finding.onlyItem()).prepare(connection, values);
    }

    private PreparedStatement many(AppendSql sql, Connection connection, AppendDecisions decisions)
            throws SQLException {
        NamedValues values = end().array(
                        "doubtful_ids",
                        "uuid",
                        finding.appendIds().stream().filter(known::mayRemember).toList());
        DecidedParameters.put(values, decisions);
        values.put("last_append_id", finding.appendIds().getLast());
        finding.putItems(values);
        NamedSql many = finding.items() == 0 ? sql.behind() : sql.behindUnless();
        return many.prepare(connection, values);
    }

    private NamedValues end() {
        LogEnd end = known.end();
        return new NamedValues()
                .put("server", end.server())
                .put("last_number", end.batch())
                .put("last_id", end.id());
    }
}
