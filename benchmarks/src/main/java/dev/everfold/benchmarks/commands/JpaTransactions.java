package dev.everfold.benchmarks.commands;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.axonframework.common.jpa.EntityManagerProvider;
import org.axonframework.messaging.core.unitofwork.transaction.Transaction;
import org.axonframework.messaging.core.unitofwork.transaction.TransactionManager;

/// One transaction with one entity manager for each thread that is in one: what a container would do.
///
/// Axon closes the entity manager before it commits; Hibernate then keeps it until the transaction ends.
final class JpaTransactions implements EntityManagerProvider, TransactionManager {

    private final EntityManagerFactory factory;
    private final ConcurrentMap<Thread, EntityManager> open = new ConcurrentHashMap<>();

    JpaTransactions(EntityManagerFactory factory) {
        this.factory = factory;
    }

    @Override
    public EntityManager getEntityManager() {
        EntityManager manager = open.get(Thread.currentThread());
        if (manager == null) {
            throw new IllegalStateException("No transaction was started in this thread.");
        }
        return manager;
    }

    @Override
    public Transaction startTransaction() {
        Thread thread = Thread.currentThread();
        EntityManager manager = factory.createEntityManager();
        if (open.putIfAbsent(thread, manager) != null) {
            manager.close();
            throw new IllegalStateException("A transaction was started within another one.");
        }
        manager.getTransaction().begin();
        return new Transaction() {
            @Override
            public void commit() {
                open.remove(thread);
                manager.getTransaction().commit();
                end();
            }

            @Override
            public void rollback() {
                open.remove(thread);
                if (manager.isOpen() && manager.getTransaction().isActive()) {
                    manager.getTransaction().rollback();
                }
                end();
            }

            private void end() {
                if (manager.isOpen()) {
                    manager.close();
                }
            }
        };
    }
}
