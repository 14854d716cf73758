-- Appends one event behind the end of the log that is known; see append-behind.sql.
with batch as (
    insert into {schema}.batch (number, next_position, recorded, ids, positions, events)
        select :first_number, :position + 1, :recorded, array[:append_id], array[:position], array[1]
        {behind_known_end}
            {unremembered}
            {condition}
    returning next_position - 1 as position
), events as (
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select b.position, :revision, :recorded, :occurred, :id, :stream, :type, :content_type, :tags, :metadata, :data
        from batch b
    returning position
)
select setval('{schema}.newest', uuid_hash_extended(:append_id, :first_number)) from events
