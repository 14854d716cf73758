import { KurrentDBClient, NO_STREAM, jsonEvent } from "@kurrent/kurrentdb-client";

const client = KurrentDBClient.connectionString(process.env.STORE ?? "kurrentdb://localhost:2113?tls=false");

const placed = jsonEvent({ type: "OrderPlaced", data: { cents: 1250 }, metadata: { by: "ada" } });
const { nextExpectedRevision } = await client.appendToStream("order-17", placed, { streamState: NO_STREAM });

// Who got no answer asks again: the same event is stored once.
const paid = jsonEvent({ type: "OrderPaid", data: { cents: 1250 }, metadata: { by: "ada" } });
await client.appendToStream("order-17", paid, { streamState: nextExpectedRevision });
await client.appendToStream("order-17", paid, { streamState: nextExpectedRevision });

for await (const { event } of client.readStream("order-17")) {
    console.log(`${event.revision} ${event.type}`, event.data, event.metadata);
}

// All orders, those that are there and those that come.
for await (const { event, link } of client.subscribeToStream("$ce-order", { resolveLinkTos: true })) {
    console.log(`event ${link.revision} of all orders: ${event.type} of ${event.streamId}`);
    if (event.type === "OrderPaid") {
        break;
    }
}
await client.dispose();
