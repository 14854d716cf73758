/// Short programs that run: start with [FirstSteps], then see the packages below this one.
@NullMarked
package dev.everfold.examples;

import org.jspecify.annotations.NullMarked;
