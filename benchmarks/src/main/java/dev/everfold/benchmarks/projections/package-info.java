/// How fast read models are filled, and how far behind they are: [Projecting]; [SearchLoading] for servers that search.
@NullMarked
package dev.everfold.benchmarks.projections;

import org.jspecify.annotations.NullMarked;
