-- Brings the tables of versions 1 to 5 to version 6: what events are found by besides position and stream was indexes of
-- "event", and each append had a row of "append". The table of that name goes, so that a program of an older version that
-- is still running can store nothing.
select pg_advisory_xact_lock({key});
lock table {schema}.append, {schema}.event in access exclusive mode;

create table {schema}.entry (
    position bigint not null,
    id uuid not null,
    type text collate "C" not null,
    category text collate "C" not null,
    is_first boolean not null
) partition by range (position);
{entry_partitions}
insert into {schema}.entry (position, id, type, category, is_first)
    select e.position, e.id, e.type, split_part(e.stream, '-', 1), e.revision = 0 from {schema}.event e order by e.position;
create index on {schema}.entry (type, position);
create index on {schema}.entry (category, position);
create index on {schema}.entry (id);
create index on {schema}.entry (position) where is_first;
drop index {schema}.event_type_position_idx, {schema}.event_split_part_position_idx, {schema}.event_id_idx,
    {schema}.event_position_idx;

create table {schema}.batch (
    number bigint not null primary key,
    next_position bigint not null,
    recorded bigint,
    ids uuid[] not null,
    positions bigint[] not null,
    counts int[] not null
) with (autovacuum_vacuum_scale_factor = 0.05);
insert into {schema}.batch (number, next_position, recorded, ids, positions, counts)
    select a.number, a.from_position + a.events, a.recorded, array[a.id], array[a.from_position], array[a.events]
    from {schema}.append a order by a.number desc limit 1;

create table {schema}.indexed (
    number bigint not null primary key,
    position bigint not null
) with (autovacuum_vacuum_scale_factor = 0.05);
insert into {schema}.indexed (number, position)
    select coalesce(max(b.number) + 1, 0), coalesce(max(b.next_position), 0) from {schema}.batch b;

create table {schema}.remembered (
    number bigint not null primary key,
    id uuid not null,
    from_position bigint not null,
    events int not null
) with (autovacuum_vacuum_scale_factor = 0.05);
insert into {schema}.remembered (number, id, from_position, events)
    select a.number, a.id, a.from_position, a.events from {schema}.append a order by a.number;
create index on {schema}.remembered (id);
drop table {schema}.append;
