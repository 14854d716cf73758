package dev.everfold.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/// A real data source whose calls can fail: before they do anything, or after they have done it. It counts
/// what is open.
///
/// Not safe for many threads.
final class FaultyDataSource {

    private static final String CONNECTION_FAILURE = "08006";
    private static final int NEVER = -1;

    private final DataSource inner;
    private final List<String> calls = new ArrayList<>();
    private int failing = NEVER;
    private boolean afterwards;
    private int open;

    FaultyDataSource(DataSource inner) {
        this.inner = inner;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (_, method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return invoke(inner, method, arguments);
            }
            boolean fails = count("getConnection");
            if (fails && !afterwards) {
                throw gone();
            }
            Connection connection = inner.getConnection();
            if (fails) {
                connection.close();
                throw gone();
            }
            open++;
            return proxy(Connection.class, new FaultyConnection(connection));
        });
    }

    /// Forgets all calls; the one with this index is the next to fail.
    void fail(int call, boolean afterItIsDone) {
        calls.clear();
        failing = call;
        afterwards = afterItIsDone;
    }

    void failNever() {
        fail(NEVER, false);
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    int open() {
        return open;
    }

    private boolean count(String call) {
        calls.add(call);
        return calls.size() - 1 == failing;
    }

    private static SQLException gone() {
        return new SQLException("the network is gone", CONNECTION_FAILURE);
    }

    static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private final class FaultyConnection implements InvocationHandler {

        private final Connection connection;

        FaultyConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            boolean close = method.getName().equals("close");
            open -= close ? 1 : 0;
            boolean fails = count(method.getName());
            // A real connection is closed in any case; no test wants to leak one.
            if (fails && !afterwards && !close) {
                throw gone();
            }
            Object result = FaultyDataSource.invoke(connection, method, arguments);
            if (fails) {
                throw gone();
            }
            return result instanceof PreparedStatement statement
                    ? proxy(PreparedStatement.class, (_, call, values) -> execute(statement, call, values))
                    : result;
        }

        private Object execute(PreparedStatement statement, Method method, Object[] arguments) throws Throwable {
            boolean fails = method.getName().startsWith("execute") && count(method.getName());
            if (fails && !afterwards) {
                throw gone();
            }
            Object result = FaultyDataSource.invoke(statement, method, arguments);
            if (fails) {
                throw gone();
            }
            return result;
        }
    }
}
