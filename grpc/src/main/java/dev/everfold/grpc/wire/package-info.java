/// The contract's types as messages of the protocol and back: what client and service share.
///
/// [WireAppends] and [WireReads] are requests and their answers, [WireEvents] the events in them,
/// [WireRefusals] the exceptions, [WireValues] what they are made of. Decoding checks what the contract's
/// own constructors check, and says what is missing: a message of another program may be anything.
@NullMarked
package dev.everfold.grpc.wire;

import org.jspecify.annotations.NullMarked;
