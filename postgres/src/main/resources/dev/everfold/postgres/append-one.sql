-- Appends one event in one round trip: the second statement sees what was committed when the first one has the sequencer, as
-- long as the transaction is READ COMMITTED. When the event is not to be accepted nothing is stored, and there is no row.
select set_config('lock_timeout', '{wait_max}', true), pg_advisory_xact_lock({key});
with before as materialized (
    select one.server, l.number, l.id, coalesce(l.from_position + l.events, 0) as position, l.recorded,
           coalesce((select e.revision from {schema}.event e where e.stream = :stream order by e.revision desc limit 1),
                    -1) as revision
    from (select {server_started} as server) one
    left join lateral (select * from {schema}.append a order by a.number desc limit 1) l on true
    where current_setting('transaction_isolation') = 'read committed'
        and not exists (select from {schema}.append a where a.id = :append_id)
), clear as materialized (
    select b.*, greatest(b.recorded, :stamp) as stamp from before b
    where b.position < :partitions_end and b.revision between :lowest and :highest
        {condition}
), events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select c.position, c.revision + 1, c.stamp, :occurred, :id, :stream, :type, :content_type, :tags, :metadata, :data
        from clear c
), event_tags as (
    insert into {schema}.tag (tag, position) select t.tag, c.position from clear c, unnest(:tags) t(tag)
), appends as (
    insert into {schema}.append (number, id, from_position, events, recorded)
        select coalesce(c.number, -1) + 1, :append_id, c.position, 1, c.stamp from clear c
)
select c.position as next_position, c.recorded as last_recorded, c.server, c.number as last_number, c.id as last_id,
       array[c.revision] as revisions
from clear c
