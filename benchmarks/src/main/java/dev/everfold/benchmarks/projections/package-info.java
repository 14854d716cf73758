/// How fast read models are filled, and how far behind they are: [Projecting].
@NullMarked
package dev.everfold.benchmarks.projections;

import org.jspecify.annotations.NullMarked;
