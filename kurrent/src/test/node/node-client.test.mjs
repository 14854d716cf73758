// KurrentDB's client for Node.js, unmodified, against a served store: `STORE` says where it is.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
    ANY, BACKWARDS, END, NO_STREAM, START, STREAM_EXISTS,
    AppendConsistencyViolationError, DeadlineExceededError, KurrentDBClient, MaxAppendSizeExceededError,
    StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError,
    binaryEvent, eventTypeFilter, excludeSystemEvents, jsonEvent, streamNameFilter,
} from "@kurrent/kurrentdb-client";

const address = process.env.STORE;
const client = KurrentDBClient.connectionString(address);

// With credentials this client appends by one call an append, without by one call for all.
const WAYS = { batched: {}, unary: { credentials: { username: "ada", password: "ignored" } } };

after(() => client.dispose());

const name = (prefix) => `${prefix}-${randomUUID()}`;
const events = (count, type = "OrderChanged") =>
    Array.from({ length: count }, (_, number) => jsonEvent({ type, data: { number } }));

async function all(read) {
    const found = [];
    for await (const event of read) {
        found.push(event);
    }
    return found;
}

const revisions = async (read) => (await all(read)).map(({ event }) => Number(event.revision));

// Hears so many things of a subscription, as text, and ends it.
function hear(subscription, count) {
    const heard = [];
    return new Promise((resolve, reject) => {
        const hearing = (text) => {
            heard.push(text);
            if (heard.length === count) {
                subscription.unsubscribe().then(() => resolve(heard), reject);
            }
        };
        subscription.on("confirmation", () => hearing("confirmation"));
        subscription.on("caughtUp", () => hearing("caught up"));
        subscription.on("data", ({ event }) => hearing(event ? `${event.revision}@${event.streamId}` : "no event"));
        subscription.on("error", reject);
    });
}

for (const [way, options] of Object.entries(WAYS)) {
    test(`${way}: every expectation holds or is told`, async () => {
        const stream = name("order");
        const append = (streamState, count = 1, to = stream) =>
            client.appendToStream(to, events(count), { streamState, ...options });

        assert.equal((await append(NO_STREAM, 3)).nextExpectedRevision, 2n);
        assert.equal((await append(2n)).nextExpectedRevision, 3n);
        assert.equal((await append(STREAM_EXISTS)).nextExpectedRevision, 4n);
        assert.equal((await append(ANY)).nextExpectedRevision, 5n);
        for (const [expected, actual, to] of [
            [NO_STREAM, 5n, stream], [1n, 5n, stream], [9n, 5n, stream],
            [STREAM_EXISTS, NO_STREAM, "none"], [0n, NO_STREAM, "none"],
        ]) {
            await assert.rejects(append(expected, 1, to), (refused) => {
                assert.ok(refused instanceof WrongExpectedVersionError, String(refused));
                assert.deepEqual([refused.expectedState, refused.actualState, refused.streamName],
                    [expected, actual, to]);
                return true;
            });
        }
    });

    test(`${way}: a repeat is stored once`, async () => {
        const stream = name("order");
        const some = events(3);
        const first = await client.appendToStream(stream, some, options);

        assert.deepEqual(await client.appendToStream(stream, some, options), first);
        assert.deepEqual(await client.appendToStream(stream, some, { streamState: NO_STREAM, ...options }), first);
        assert.deepEqual(await revisions(client.readStream(stream)), [0, 1, 2]);
    });

    test(`${way}: what is too large, too late or for a stream with a tombstone is told`, async () => {
        const stream = name("order");
        const large = Array.from({ length: 6 }, () => binaryEvent({ type: "Large", data: new Uint8Array(900_000) }));
        await assert.rejects(client.appendToStream(stream, large, options), (refused) => {
            assert.ok(refused instanceof MaxAppendSizeExceededError, String(refused));
            assert.equal(refused.maxAppendSize, 4 << 20);
            return true;
        });
        await assert.rejects(client.appendToStream(stream, events(30_000), { deadline: 1, ...options }),
            DeadlineExceededError);
        await client.tombstoneStream(stream);
        await assert.rejects(client.appendToStream(stream, events(1), options), StreamDeletedError);
        await assert.rejects(all(client.readStream(stream)), StreamDeletedError);
        await assert.rejects(client.tombstoneStream(stream), StreamDeletedError);
    });

    test(`${way}: five thousand events are one append`, async () => {
        const stream = name("order");
        const { nextExpectedRevision } =
            await client.appendToStream(stream, events(5_000), { batchAppendSize: 1024, ...options });
        assert.equal(nextExpectedRevision, 4_999n);
        assert.equal((await all(client.readStream(stream))).length, 5_000);
    });
}

test("appends that are not waited for are stored in their order", async () => {
    const stream = name("order");
    await Promise.all(events(1_000).map((event) => client.appendToStream(stream, event)));
    assert.deepEqual((await all(client.readStream(stream))).map(({ event }) => event.data.number),
        Array.from({ length: 1_000 }, (_, number) => number));
});

test("pages in both directions, of every size and from anywhere", async () => {
    const stream = name("order");
    await client.appendToStream(stream, events(10));
    const read = (options) => revisions(client.readStream(stream, options));

    assert.deepEqual(await read({ maxCount: 0 }), []);
    assert.deepEqual(await read({ maxCount: 1 }), [0]);
    assert.deepEqual(await read({ fromRevision: 8n }), [8, 9]);
    assert.deepEqual(await read({ fromRevision: 10n }), []);
    assert.deepEqual(await read({ fromRevision: 0xffffffffffffffffn }), []);
    assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 2 }), [9, 8]);
    assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: 100n, maxCount: 1 }), [9]);
    assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: 1n }), [1, 0]);
    await client.setStreamMetadata(stream, { truncateBefore: 7 });
    assert.deepEqual(await read({ fromRevision: 2n, maxCount: 2 }), [7, 8]);
    assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: END }), [9, 8, 7]);
    assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: 3n }), []);
    await assert.rejects(all(client.readStream(name("nothing"))), StreamNotFoundError);
});

test("a stream is deleted, goes on, is brought back and ends", async () => {
    const stream = name("order");
    await client.appendToStream(stream, events(2));
    await client.deleteStream(stream, { expectedRevision: 1n });
    await client.deleteStream(stream);
    await assert.rejects(all(client.readStream(stream)), StreamNotFoundError);
    await assert.rejects(client.appendToStream(stream, events(1), { streamState: STREAM_EXISTS }),
        WrongExpectedVersionError);
    await client.appendToStream(stream, events(1), { streamState: NO_STREAM });
    assert.deepEqual(await revisions(client.readStream(stream)), [2]);
    await client.setStreamMetadata(stream, { truncateBefore: 0 });
    assert.deepEqual(await revisions(client.readStream(stream)), [0, 1, 2]);
    await assert.rejects(client.deleteStream(stream, { expectedRevision: NO_STREAM }), WrongExpectedVersionError);
    await client.tombstoneStream(stream, { expectedRevision: 2n });
    await assert.rejects(client.deleteStream(stream), StreamDeletedError);
});

test("metadata comes back as it was set, on the condition that was set", async () => {
    const stream = name("order");
    const metadata = {
        maxAge: 3600, maxCount: 7, truncateBefore: 1, cacheControl: 3,
        acl: { readRoles: ["ada", "bob"], writeRoles: ["ada"], deleteRoles: ["$all"], metaReadRoles: ["$admins"] },
        owner: "Zoë 🦊", nested: { numbers: [1, 2.5] },
    };
    await client.setStreamMetadata(stream, metadata, { streamState: NO_STREAM });
    assert.deepEqual((await client.getStreamMetadata(stream)).metadata, metadata);
    await assert.rejects(client.setStreamMetadata(stream, {}, { streamState: NO_STREAM }), WrongExpectedVersionError);
    await client.setStreamMetadata(stream, { maxCount: 2 }, { streamState: 0n });
    await client.appendToStream(stream, events(20));
    assert.deepEqual(await revisions(client.readStream(stream)), [18, 19]);
    assert.equal((await client.getStreamMetadata(name("nothing"))).metadata, undefined);
});

test("links lead to their events, or nowhere", async () => {
    const target = name("order");
    const links = name("links");
    await client.appendToStream(target, events(3));
    const link = (revision) => binaryEvent({ type: "$>", data: Buffer.from(`${revision}@${target}`) });
    await client.appendToStream(links, [link(2), link(7)]);

    const [resolved, dangling] = await all(client.readStream(links, { resolveLinkTos: true }));
    assert.deepEqual([resolved.event.streamId, resolved.event.revision, resolved.link.streamId], [target, 2n, links]);
    assert.deepEqual([dangling.event, dangling.link.revision], [undefined, 1n]);
    assert.deepEqual(await hear(client.subscribeToStream(links, { resolveLinkTos: true }), 4),
        ["confirmation", `2@${target}`, "no event", "caught up"]);
});

test("a subscription begins anywhere in a stream and goes on with what comes", async () => {
    const stream = name("order");
    await client.appendToStream(stream, events(3));
    const at = (revision) => `${revision}@${stream}`;

    assert.deepEqual(await hear(client.subscribeToStream(stream), 5),
        ["confirmation", at(0), at(1), at(2), "caught up"]);
    assert.deepEqual(await hear(client.subscribeToStream(stream, { fromRevision: 1n }), 3),
        ["confirmation", at(2), "caught up"]);
    const end = client.subscribeToStream(stream, { fromRevision: END });
    const caughtUp = new Promise((resolve) => end.once("caughtUp", resolve));
    const live = hear(end, 4);
    await caughtUp;
    await client.appendToStream(stream, events(2));
    assert.deepEqual(await live, ["confirmation", "caught up", at(3), at(4)]);
});

test("a subscription to the log begins after a position and hears checkpoints", async () => {
    const stream = name("order");
    const type = name("Type");
    const { position } = await client.appendToStream(stream, events(1));
    await client.appendToStream(name("other"), events(25));
    await client.appendToStream(stream, events(2, type));
    const checkpoints = [];
    const filter = streamNameFilter({
        prefixes: [stream], maxSearchWindow: 10, checkpointInterval: 1,
        checkpointReached: async (_, checkpoint) => { checkpoints.push(checkpoint.commit - position.commit); },
    });

    assert.deepEqual(await hear(client.subscribeToAll({ fromPosition: position, filter }), 4),
        ["confirmation", `1@${stream}`, `2@${stream}`, "caught up"]);
    assert.deepEqual(checkpoints.slice(0, 2), [10n, 20n]);
    assert.deepEqual(await hear(client.subscribeToAll({ filter: eventTypeFilter({ regex: `^${type}$` }) }), 4),
        ["confirmation", `1@${stream}`, `2@${stream}`, "caught up"]);
    const users = await all(client.readAll({ fromPosition: START, filter: excludeSystemEvents() }));
    assert.ok(users.every(({ event }) => !event.type.startsWith("$")));
    assert.equal((await all(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 2 }))).length, 2);
});

test("many streams are appended to at once, with checks of others", async () => {
    const [first, second, third] = [name("order"), name("order"), name("order")];
    const both = await client.multiStreamAppend([
        { streamName: first, events: events(2), expectedState: NO_STREAM },
        { streamName: second, events: events(1), expectedState: ANY },
    ]);
    assert.deepEqual(both.responses.map(({ revision }) => revision), [1n, 0n]);
    const record = { streamName: third, record: jsonEvent({ type: "Moved", data: {}, metadata: { by: "ada" } }) };
    const check = (streamName, expectedState) => ({ type: "stream_state", streamName, expectedState });
    await assert.rejects(
        client.appendRecords([record], [check(first, 1n), check(second, NO_STREAM)]),
        (refused) => {
            assert.ok(refused instanceof AppendConsistencyViolationError, String(refused));
            assert.deepEqual(refused.violations.map(({ checkIndex, streamName }) => [checkIndex, streamName]),
                [[1, second]]);
            return true;
        });
    await client.appendRecords([record], [check(first, 1n), check(third, NO_STREAM)]);
    const [{ event }] = await all(client.readStream(third));
    assert.deepEqual(event.metadata, { by: "ada", "$schema.format": "Json", "$schema.name": "Moved" });
});

test("many streams of too many events are refused, and the client goes on", async () => {
    const stream = name("order");
    await assert.rejects(
        client.multiStreamAppend([{ streamName: stream, events: events(10_001), expectedState: ANY }]),
        (refused) => {
            assert.ok(refused instanceof MaxAppendSizeExceededError, String(refused));
            assert.equal(refused.maxAppendSize, 4 << 20);
            return true;
        });
    await assert.rejects(all(client.readStream(stream)), StreamNotFoundError);
});

test("a client that discovers finds the server", async () => {
    const discovering = KurrentDBClient.connectionString(address.replace("kurrentdb:", "kurrentdb+discover:"));
    const stream = name("order");
    await discovering.appendToStream(stream, events(1));
    assert.deepEqual(await revisions(discovering.readStream(stream)), [0]);
    await discovering.dispose();
});
