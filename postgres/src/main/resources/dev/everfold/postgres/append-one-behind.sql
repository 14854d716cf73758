-- Appends one event behind the end of the log that is known; see append-behind.sql.
with events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select :position, :revision, :recorded, :occurred, :id, :stream, :type, :content_type, :tags, :metadata, :data
        where {known_end}
            {unremembered}
            {condition}
    returning position
), event_tags as (
    insert into {schema}.tag (tag, position) select t.tag, e.position from events e, unnest(:tags) t(tag)
), appends as (
    insert into {schema}.append (number, id, from_position, events, recorded)
        select :number, :append_id, e.position, 1, :recorded from events e
)
select true from events
