-- Appends a batch that was decided on how the log is known to end, if it still ends so; otherwise stores nothing, and there
-- is no row. Ids of appends are looked for only when they may be remembered.
--
-- One statement sees one state of the log, from before it has the sequencer, so it does not wait for it. The known end has to
-- be in it: a sequence may be ahead of the tables, in a dump for one. The sequence "newest" is read as it is once the
-- sequencer is had: if nobody has appended since, what the statement sees is the log as it is.
with batch as (
    insert into {schema}.batch (number, next_position, recorded, ids, positions, events)
        select :first_number, :next_position, :last_recorded, :append_ids, :append_positions, :append_events
        {behind_known_end}
            and (:doubtful_ids is null or not exists (
                select from {schema}.remembered r where r.id = any(:doubtful_ids)
                union all
                select from {schema}.batch b where b.number >= {indexed_number} and b.ids && :doubtful_ids))
            {condition}
    returning number
), events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select :first_position + e.n - 1, e.revision, e.recorded, e.occurred, e.id, e.stream, e.type, e.content_type,
               e.tags::text[], e.metadata, e.data
        from unnest(:revisions, :recorded, :occurred, :ids, :event_streams, :types, :content_types, :tag_lists, :metadata,
                    :data) with ordinality
            e(revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data, n)
        where exists (select from batch)
    returning position
)
select setval('{schema}.newest', uuid_hash_extended(:last_append_id, :first_number)) from batch
where (select count(*) from events) >= 0 -- what fails before leaves the sequence as it was
