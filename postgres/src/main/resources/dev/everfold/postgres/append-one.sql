-- Appends one event in one round trip: the second statement sees what was committed when the first one has the sequencer, as
-- long as the transaction is READ COMMITTED. When the event is not to be accepted nothing is stored, and there is no row.
select set_config('lock_timeout', '{wait_max}', true), pg_advisory_xact_lock({key});
with before as materialized (
    select one.server, l.number, coalesce(l.number + cardinality(l.ids), 0) as next_number,
           l.ids[cardinality(l.ids)] as id, coalesce(l.next_position, 0) as position, l.recorded,
           coalesce((select e.revision from {schema}.event e where e.stream = :stream order by e.revision desc limit 1),
                    -1) as revision
    from (select {server_started} as server) one
    left join lateral (select * from {schema}.batch b order by b.number desc limit 1) l on true
    where current_setting('transaction_isolation') = 'read committed'
        {unremembered}
), clear as materialized (
    select b.*, greatest(b.recorded, :stamp) as stamp from before b
    where b.position < :partitions_end and b.revision between :lowest and :highest
        {condition}
), events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select c.position, c.revision + 1, c.stamp, :occurred, :id, :stream, :type, :content_type, :tags, :metadata, :data
        from clear c
), batch as (
    insert into {schema}.batch (number, next_position, recorded, ids, positions, events)
        select c.next_number, c.position + 1, c.stamp, array[:append_id], array[c.position], array[1] from clear c
)
select c.position as next_position, c.recorded as last_recorded, c.server, c.number as last_number, c.next_number,
       c.id as last_id, array[c.revision] as revisions,
       setval('{schema}.newest', uuid_hash_extended(:append_id, c.next_number)) as newest
from clear c
