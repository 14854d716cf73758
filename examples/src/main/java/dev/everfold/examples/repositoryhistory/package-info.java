/// Sixteen years of a repository: which files were alive at some instant, and how did a file come to be?
///
/// [RepositoryHistory] imports the log and asks; [RepositoryEvent] gives the events types, [FilesAlive] and
/// [FileHistory] are two folds over them.
@NullMarked
package dev.everfold.examples.repositoryhistory;

import org.jspecify.annotations.NullMarked;
