/// Short programs that run. [Seats] uses the store alone; the packages below this one use the programming model:
/// begin with the bank.
@NullMarked
package dev.everfold.examples;

import org.jspecify.annotations.NullMarked;
