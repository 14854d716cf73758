/// A shop: customers, orders, payments and shipments, each with a decider of its own; a reaction that charges, ships,
/// and refunds when shipping fails; and two read models, in SQL and in a search engine.
///
/// Read [ShopEvent] first, then one of the deciders, for example [Payment], then [Fulfilment], which turns events into
/// commands, and [Overview] and [Catalogue], which make read models of them. [Shop] puts all of it together.
@NullMarked
package dev.everfold.examples.orders;

import org.jspecify.annotations.NullMarked;
