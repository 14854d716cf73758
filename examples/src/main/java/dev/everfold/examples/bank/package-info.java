/// A bank: open, deposit, withdraw, transfer, a charge made twice and its refund, a statement as of a date.
///
/// Read [AccountEvent] first, then [Account], which decides, and [Bank], which puts it to use. The tutorial
/// `docs/tutorial/bank.md` goes through them step by step.
@NullMarked
package dev.everfold.examples.bank;

import org.jspecify.annotations.NullMarked;
