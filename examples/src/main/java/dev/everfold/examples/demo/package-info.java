/// `./everfold demo`: a server, a store and a shop at work, to look at.
@NullMarked
package dev.everfold.examples.demo;

import org.jspecify.annotations.NullMarked;
