/// Measurements of parts (JMH) and a generator of large files; `everfold bench` measures the whole.
///
/// Run with `java -jar` on the class path in `benchmarks/target/lib`, main class
/// `org.openjdk.jmh.Main`.
@NullMarked
package dev.everfold.benchmarks;

import org.jspecify.annotations.NullMarked;
