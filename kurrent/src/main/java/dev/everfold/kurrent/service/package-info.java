/// The services of KurrentDB's protocol: requests in, answers out. What they mean is decided in the packages beside.
@NullMarked
package dev.everfold.kurrent.service;

import org.jspecify.annotations.NullMarked;
