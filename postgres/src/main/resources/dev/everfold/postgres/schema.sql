-- The tables of a store. {schema} is its schema.
--
-- Names are compared byte by byte, so they are all of collation "C". Times are microseconds since 1970-01-01T00:00:00Z.
-- No row is updated by an append (tracked positions aside), so a long snapshot leaves no dead rows for appends to step over.
--
-- An append writes two indexes of "event" and a row of "batch". What else an event and an append are found by is written
-- behind it, by "index_more" (functions.sql), and the newest row of "indexed" says how far: whoever looks for something
-- looks there and through the few events and batches behind.

-- One row: what this store is.
create table {schema}.store (
    version int not null,
    lineage uuid not null,
    partition_events bigint not null
);

-- The log. A writer that went past the sequencer would meet a duplicate key here.
create table {schema}.event (
    position bigint not null,
    revision bigint not null,
    recorded bigint not null,
    occurred bigint,
    id uuid not null,
    stream text collate "C" not null,
    type text collate "C" not null,
    content_type text collate "C", -- null = application/json
    tags text[] collate "C",       -- null = none
    metadata bytea,                -- null = none
    data bytea not null,
    primary key (position)
) partition by range (position);
create index on {schema}.event (stream, revision);

-- What an event is found by, apart from its tags. Written behind the append.
create table {schema}.entry (
    position bigint not null,
    id uuid not null,
    type text collate "C" not null,
    category text collate "C" not null,
    is_first boolean not null -- of its stream
) partition by range (position);
create index on {schema}.entry (type, position);
create index on {schema}.entry (category, position);
create index on {schema}.entry (id);
create index on {schema}.entry (position) where is_first;

-- Which events carry a tag: a B-tree finds the newest of a tag at once, where an inverted index would gather them all.
-- Written behind the append.
create table {schema}.tag (
    tag text collate "C" not null,
    position bigint not null,
    primary key (tag, position)
) partition by range (position);

-- What was committed together: one append or several, counted without gaps. The newest row says where the log ends, and
-- stays, whatever partitions are detached; others go some time after their appends are in "remembered".
create table {schema}.batch (
    number bigint not null primary key, -- how many appends there were before
    next_position bigint not null,      -- how many events there are with it
    recorded bigint,                    -- of the last event of the log with it, null = there is none
    ids uuid[] not null,                -- of its appends
    positions bigint[] not null,        -- where each begins
    events int[] not null               -- how many events each has
) with (autovacuum_vacuum_scale_factor = 0.05);

-- Which batch is the newest: a hash of its number and of the id of its last append. Every batch sets it while it has the
-- sequencer. A sequence is read as it is, where a table shows what was committed when the statement began, so it tells
-- whether somebody has appended since. A batch that is rolled back leaves its own behind, and the next one sets it again.
create sequence {schema}.newest minvalue -9223372036854775808 maxvalue 9223372036854775807;

-- The appends that are remembered, apart from those of batches that are not indexed; the oldest are removed now and then.
-- Written behind the append.
create table {schema}.remembered (
    number bigint not null primary key, -- how many appends there were before
    id uuid not null,
    from_position bigint not null,
    events int not null
) with (autovacuum_vacuum_scale_factor = 0.05);
create index on {schema}.remembered (id);

-- The newest row says how far the log is indexed; others are removed.
create table {schema}.indexed (
    number bigint not null primary key, -- appends before it are
    position bigint not null            -- events before it are
) with (autovacuum_vacuum_scale_factor = 0.05);
insert into {schema}.indexed values (0, 0);

-- The last tracked position of each source.
create table {schema}.tracked (
    source text collate "C" not null primary key,
    position bigint not null
) with (fillfactor = 50);
