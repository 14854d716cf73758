/// Short programs that run: start with [FirstSteps], then [FilesAlive].
@NullMarked
package dev.everfold.examples;

import org.jspecify.annotations.NullMarked;
