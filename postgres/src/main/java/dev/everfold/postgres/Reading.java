package dev.everfold.postgres;

/// On which connection something is read.
interface Reading {

    <T> T read(Database.Work<T> work);
}
