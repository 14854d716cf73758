/// Proves that an engine keeps the contract.
@NullMarked
package dev.everfold.testkit;

import org.jspecify.annotations.NullMarked;
