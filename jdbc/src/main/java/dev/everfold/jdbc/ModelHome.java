package dev.everfold.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/// Where a read model lives.
interface ModelHome extends Database.Connections {

    /// The same as long as connections lead to the same place; a file that was deleted and made anew is another
    /// one.
    Object identity();

    /// Puts a damaged file out of the way, so that the next connection makes a new one.
    ///
    /// @return false when it is none, or this is not for us to do
    boolean setAside();

    /// The application's database, which nobody else may begin anew.
    record OfApplication(DataSource dataSource) implements ModelHome {

        @Override
        public Connection open() throws SQLException {
            return dataSource.getConnection();
        }

        @Override
        public Object identity() {
            return OfApplication.class;
        }

        @Override
        public boolean setAside() {
            return false;
        }
    }
}
