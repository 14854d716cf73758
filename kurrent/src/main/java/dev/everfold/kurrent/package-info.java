/// KurrentDB's services over any store.
@NullMarked
package dev.everfold.kurrent;

import org.jspecify.annotations.NullMarked;
