/// What a process asked of the kernel, and in which order: read from a trace, and compared with the promise
/// that nothing is acknowledged before it is durable.
package dev.everfold.log.audit;
