-- Appends a batch that was decided on how the log is known to end, if it still ends so; otherwise stores nothing, and there
-- is no row. Ids of appends are looked for only when they may be remembered.
--
-- One statement sees one state of the log, from before it has the sequencer. So it does not wait for it, and whoever
-- appended within that moment has the next position and number by now: then this is refused as a duplicate key.
with clear as materialized (
    select true as yes
    where {known_end}
        and not exists (select from {schema}.append a where a.id = any(:doubtful_ids))
        {condition}
), events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select :first_position + e.n - 1, e.revision, e.recorded, e.occurred, e.id, e.stream, e.type, e.content_type,
               e.tags::text[], e.metadata, e.data
        from unnest(:revisions, :recorded, :occurred, :ids, :event_streams, :types, :content_types, :tag_lists, :metadata,
                    :data) with ordinality
            e(revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data, n)
        where (select yes from clear)
), event_tags as (
    insert into {schema}.tag (tag, position)
        select t.tag, :first_position + t.event from unnest(:tags, :tagged) t(tag, event)
        where (select yes from clear)
), appends as (
    insert into {schema}.append (number, id, from_position, events, recorded)
        select :first_number + a.n - 1, a.id, a.position, a.events, a.recorded
        from unnest(:append_ids, :append_positions, :append_events, :append_recorded) with ordinality
            a(id, position, events, recorded, n)
        where (select yes from clear)
)
select true from clear
