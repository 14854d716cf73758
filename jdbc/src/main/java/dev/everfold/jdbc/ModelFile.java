package dev.everfold.jdbc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// A file of SQLite in which there is nothing but read models. Since they can be made again, one that is damaged is set
/// aside, as `models.db.damaged-1`, and begun anew.
final class ModelFile implements ModelHome {

    private static final System.Logger LOG = System.getLogger(ModelFile.class.getName());

    private static final int DAMAGED_MAX = 1_000;

    private final Path file;
    private final SqliteFile connections;

    ModelFile(Path file) throws IOException {
        this.file = file;
        this.connections = SqliteFile.in(file);
    }

    @Override
    public Connection open() throws SQLException {
        return connections.open();
    }

    /// The file's key in its file system; where there is none, a file that is open cannot be deleted either.
    @Override
    public Object identity() {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException missing) {
            return "missing";
        } catch (IOException unknown) {
            return file;
        }
    }

    @Override
    public synchronized boolean setAside() {
        if (!isDamaged()) {
            // Somebody else was faster, and this is the new one.
            return Files.exists(file);
        }
        try {
            Path aside = unusedName();
            Files.move(file, aside);
            moveIfThere("-wal", aside);
            Files.deleteIfExists(sibling(file, "-shm"));
            LOG.log(Level.WARNING, "damaged database set aside and begun anew file={0} aside={1}", file, aside);
            return true;
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "damaged database not set aside file=" + file, failed);
            return false;
        }
    }

    private boolean isDamaged() {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma quick_check(1)")) {
            return !rows.next() || !"ok".equals(rows.getString(1));
        } catch (SQLException failed) {
            return SqlFailures.isDamagedFile(failed);
        }
    }

    private Path unusedName() throws IOException {
        for (int number = 1; number <= DAMAGED_MAX; number++) {
            Path aside = sibling(file, ".damaged-" + number);
            if (!Files.exists(aside)) {
                return aside;
            }
        }
        throw new IOException("there are " + DAMAGED_MAX + " damaged files beside it; delete some");
    }

    private void moveIfThere(String end, Path aside) throws IOException {
        Path there = sibling(file, end);
        if (Files.exists(there)) {
            Files.move(there, sibling(aside, end));
        }
    }

    private static Path sibling(Path path, String end) {
        return path.resolveSibling(path.getFileName() + end);
    }
}
