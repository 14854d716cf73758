-- The tables of a store. {schema} is its schema.
--
-- Names are compared byte by byte, so they are all of collation "C". Times are microseconds since 1970-01-01T00:00:00Z.
-- No row is updated by an append (tracked positions aside), so a long snapshot leaves no dead rows for appends to step over.

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
create index on {schema}.event (type, position);
create index on {schema}.event (split_part(stream, '-', 1), position);
create index on {schema}.event (id);
create index on {schema}.event (position) where revision = 0;

-- Which events carry a tag: a B-tree finds the newest of a tag at once, where an inverted index would gather them all.
create table {schema}.tag (
    tag text collate "C" not null,
    position bigint not null,
    primary key (tag, position)
) partition by range (position);

-- The appends that are remembered, counted without gaps; the oldest are removed now and then. The newest one says where
-- the log ends, and stays, whatever partitions are detached.
create table {schema}.append (
    number bigint not null primary key,
    id uuid not null,
    from_position bigint not null,
    events int not null,
    recorded bigint -- of the last event of the log with it, null = there is none
) with (autovacuum_vacuum_scale_factor = 0.05);
create index on {schema}.append (id);

-- The last tracked position of each source.
create table {schema}.tracked (
    source text collate "C" not null primary key,
    position bigint not null
) with (fillfactor = 50);
