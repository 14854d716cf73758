-- The tables of versions 1 to 5, one partition of 1,000 events, and what was appended to them.

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

create table {schema}.event_000000 (like {schema}.event);
alter table {schema}.event attach partition {schema}.event_000000 for values from (0) to (1000);
create table {schema}.tag_000000 (like {schema}.tag);
alter table {schema}.tag attach partition {schema}.tag_000000 for values from (0) to (1000);

insert into {schema}.store values ({version}, gen_random_uuid(), 1000);
insert into {schema}.event (position, revision, recorded, id, stream, type, tags, data)
    values
        (0, 0, 10, '00000000-0000-0000-0000-000000000000', 'order-17', 'noted', array['order:17'], '{}'),
        (1, 0, 10, '00000000-0000-0000-0000-000000000001', 'order-18', 'noted', array['order:18'], '{}'),
        (2, 0, 11, '00000000-0000-0000-0000-000000000002', 'parcel-1', 'sent', null, '{}'),
        (3, 1, 12, '00000000-0000-0000-0000-000000000003', 'order-17', 'noted', array['order:17'], '{}'),
        (4, 1, 13, '00000000-0000-0000-0000-000000000004', 'parcel-1', 'arrived', null, '{}');
insert into {schema}.tag select t.tag, e.position from {schema}.event e, unnest(e.tags) t(tag);
insert into {schema}.append (number, id, from_position, events, recorded)
    values
        (0, '00000000-0000-0001-0000-000000000000', 0, 2, 10),
        (1, '00000000-0000-0001-0000-000000000001', 2, 1, 11),
        (2, '00000000-0000-0001-0000-000000000002', 3, 1, 12),
        (3, '00000000-0000-0001-0000-000000000003', 4, 1, 13);
