-- What appends call, made anew with each version of a store. {schema} is its schema, {key} the number of its sequencer,
-- {indexing} that of its indexing, and {server_started} the start of the server.

-- The lowest position at or behind from_positions[n] that item n of the conditions matches, for each item that matches.
create function {schema}.matches(
    kinds int[], from_positions bigint[], terms text[], plain boolean[],
    with_stream text[], with_category text[], with_types text[], with_tags text[], only_first boolean[],
    out matched_items int[], out matched_positions bigint[])
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $function$
declare
    kind int;
    items int[];
    positions bigint[];
begin
    for kind in select distinct k from unnest(kinds) k loop
        case kind
{kinds}
        end case;
        matched_items := matched_items || items;
        matched_positions := matched_positions || positions;
    end loop;
end
$function$;

-- Takes the sequencer until the end of the transaction, and then finds all that a batch of appends is decided on.
--
-- The lock comes first. Each statement of a volatile function sees what was committed when it begins, as long as the
-- transaction is READ COMMITTED; any other level would show what was there before the wait for the lock.
create function {schema}.findings(
    wait_max text, append_ids uuid[], streams text[], sources text[],
    kinds int[], from_positions bigint[], terms text[], plain boolean[],
    with_stream text[], with_category text[], with_types text[], with_tags text[], only_first boolean[],
    out next_position bigint, out last_recorded bigint, out server bigint,
    out last_number bigint, out next_number bigint, out last_id uuid,
    out remembered_ids uuid[], out remembered_numbers bigint[], out remembered_positions bigint[],
    out remembered_events int[],
    out revisions bigint[], out tracked_positions bigint[],
    out matched_items int[], out matched_positions bigint[])
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $function$
declare
    wait_before text := current_setting('lock_timeout');
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = 'EF001', message = current_setting('transaction_isolation');
    end if;
    perform set_config('lock_timeout', wait_max, true);
    perform pg_advisory_xact_lock({key});
    perform set_config('lock_timeout', wait_before, true);

    server := {server_started};
    select b.number, b.number + cardinality(b.ids), b.ids[cardinality(b.ids)], b.next_position, b.recorded
        into last_number, next_number, last_id, next_position, last_recorded
        from {schema}.batch b order by b.number desc limit 1;
    next_position := coalesce(next_position, 0);
    next_number := coalesce(next_number, 0);
    select array_agg(r.id), array_agg(r.number), array_agg(r.from_position), array_agg(r.events)
        into remembered_ids, remembered_numbers, remembered_positions, remembered_events
        from (
            select r.number, r.id, r.from_position, r.events from {schema}.remembered r where r.id = any(append_ids)
            union all
            select b.number + a.n - 1, a.id, a.position, a.events
                from {schema}.batch b,
                    unnest(b.ids, b.positions, b.events) with ordinality a(id, position, events, n)
                where b.number >= {indexed_number} and a.id = any(append_ids)) r;
    select array_agg((select e.revision from {schema}.event e where e.stream = s.name order by e.revision desc limit 1)
            order by s.n)
        into revisions from unnest(streams) with ordinality s(name, n);
    if cardinality(sources) > 0 then
        select array_agg((select t.position from {schema}.tracked t where t.source = s.name) order by s.n)
            into tracked_positions from unnest(sources) with ordinality s(name, n);
    end if;

    if cardinality(kinds) > 0 then
        select m.matched_items, m.matched_positions into matched_items, matched_positions
            from {schema}.matches(kinds, from_positions, terms, plain, with_stream, with_category, with_types, with_tags,
                                  only_first) m;
    end if;
end
$function$;

-- The last revision of each stream, null where it has no event, without the sequencer.
create function {schema}.revisions(wait_max text, streams text[], out revisions bigint[])
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $function$
begin
    perform set_config('lock_timeout', wait_max, true);
    select array_agg((select e.revision from {schema}.event e where e.stream = s.name order by e.revision desc limit 1)
            order by s.n)
        into revisions from unnest(streams) with ordinality s(name, n);
end
$function$;

-- Stores what was accepted: events from first_position to before next_position, and the batch of the appends that brought
-- them, numbered from first_number on.
create function {schema}.store(
    first_position bigint, first_number bigint,
    revisions bigint[], recorded bigint[], occurred bigint[], ids uuid[], event_streams text[], types text[],
    content_types text[], tag_lists text[], metadata bytea[], data bytea[],
    next_position bigint, last_recorded bigint,
    append_ids uuid[], append_positions bigint[], append_events int[],
    sources text[], source_positions bigint[])
returns void language plpgsql volatile
set plan_cache_mode = force_generic_plan
as $function$
begin
    insert into {schema}.event
            (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
        select first_position + e.n - 1, e.revision, e.recorded, e.occurred, e.id, e.stream, e.type,
               e.content_type, e.tags::text[], e.metadata, e.data
        from unnest(revisions, recorded, occurred, ids, event_streams, types, content_types, tag_lists, metadata, data)
            with ordinality e(revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data, n);
    insert into {schema}.batch (number, next_position, recorded, ids, positions, events)
        values (first_number, next_position, last_recorded, append_ids, append_positions, append_events);
    perform setval('{schema}.newest', uuid_hash_extended(append_ids[cardinality(append_ids)], first_number));
    if cardinality(sources) > 0 then
        insert into {schema}.tracked as t (source, position)
            select s.source, s.position from unnest(sources, source_positions) s(source, position)
            on conflict (source) do update set position = excluded.position;
    end if;
end
$function$;

-- Appends a batch in one call, when all of it is to be accepted; otherwise stores nothing and answers with nulls.
--
-- Event n is of streams[stream_numbers[n]] and the steps[n]-th of the batch there; the last revision of streams[n] has to be
-- between lowest[n] and highest[n]. Append n begins with event offsets[n] + 1. Partitions end before partitions_end. Null
-- instead of an array says that all its elements would be null, or that there is nothing to check.
--
-- One statement after the lock: each costs as much to begin as what it does.
create function {schema}.append(
    wait_max text, append_ids uuid[], streams text[], lowest bigint[], highest bigint[],
    kinds int[], from_positions bigint[], terms text[], plain boolean[],
    with_stream text[], with_category text[], with_types text[], with_tags text[], only_first boolean[],
    partitions_end bigint, stream_numbers int[], steps int[], stamps bigint[],
    occurred bigint[], ids uuid[], event_streams text[], types text[], content_types text[], tag_lists text[],
    metadata bytea[], data bytea[],
    offsets int[], append_events int[],
    out next_position bigint, out last_recorded bigint, out server bigint,
    out last_number bigint, out next_number bigint, out last_id uuid,
    out revisions bigint[])
language plpgsql volatile
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $function$
declare
    newest bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = 'EF001', message = current_setting('transaction_isolation');
    end if;
    perform set_config('lock_timeout', wait_max, true), pg_advisory_xact_lock({key});

    with before as materialized (
        select one.server, l.number, coalesce(l.number + cardinality(l.ids), 0) as next_number,
               l.ids[cardinality(l.ids)] as id, coalesce(l.next_position, 0) as position, l.recorded,
               array(select coalesce((select e.revision from {schema}.event e
                                      where e.stream = s.name order by e.revision desc limit 1), -1)
                     from unnest(streams) with ordinality s(name, n) order by s.n) as revisions
        from (select {server_started} as server) one
        left join lateral (select * from {schema}.batch b order by b.number desc limit 1) l on true
        where not exists (select from {schema}.remembered r where r.id = any(append_ids))
            and not exists (select from {schema}.batch b where b.number >= {indexed_number} and b.ids && append_ids)
    ), clear as materialized (
        select b.* from before b
        where (lowest is null or not exists (
                select from unnest(b.revisions, lowest, highest) r(revision, lowest, highest)
                where r.revision not between r.lowest and r.highest))
            and (kinds is null or not exists (select from unnest(from_positions) f where f > b.position))
            and (kinds is null or not exists (
                select from {schema}.matches(kinds, from_positions, terms, plain, with_stream, with_category, with_types,
                                             with_tags, only_first) m
                where cardinality(m.matched_items) > 0))
            and b.position + coalesce(cardinality(ids), 0) <= partitions_end
    ), events as (
        insert into {schema}.event
                (position, revision, recorded, occurred, id, stream, type, content_type, tags, metadata, data)
            select c.position + e.n - 1, c.revisions[e.stream_number] + e.step, greatest(c.recorded, e.stamp),
                   e.occurred, e.id, e.stream, e.type, e.content_type, e.tags::text[], e.metadata, e.data
            from clear c,
                unnest(stream_numbers, steps, stamps, occurred, ids, event_streams, types, content_types, tag_lists,
                       metadata, data) with ordinality
                e(stream_number, step, stamp, occurred, id, stream, type, content_type, tags, metadata, data, n)
    ), batch as (
        insert into {schema}.batch (number, next_position, recorded, ids, positions, events)
            select c.next_number, c.position + coalesce(cardinality(ids), 0),
                   greatest(c.recorded, stamps[cardinality(stamps)]), append_ids,
                   array(select c.position + o.step from unnest(offsets) with ordinality o(step, n) order by o.n),
                   append_events
            from clear c
    )
    select c.position, c.recorded, c.server, c.number, c.next_number, c.id, c.revisions,
           setval('{schema}.newest', uuid_hash_extended(append_ids[cardinality(append_ids)], c.next_number))
        into next_position, last_recorded, server, last_number, next_number, last_id, revisions, newest from clear c;
end
$function$;

-- Writes what the next events and appends are found by, of events_max at most unless a batch has more, when at least so many
-- events or appends are not indexed. While another process is at it, it waits or answers with nulls.
--
-- The lock comes first, and each statement sees what was committed when it begins: so what the last one who was at it has
-- written is not written again. It need not be synced: what a crash of the server takes of it, it takes together with how
-- far it is said to go.
create function {schema}.index_more(
    events_max bigint, at_least bigint default 1, waits boolean default false,
    out indexed_number bigint, out indexed_position bigint, out end_number bigint, out end_position bigint)
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $function$
declare
    earlier_number bigint;
    from_number bigint;
    from_position bigint;
begin
    if waits then
        perform pg_advisory_xact_lock({indexing});
    elsif not pg_try_advisory_xact_lock({indexing}) then
        return;
    end if;
    perform set_config('synchronous_commit', 'off', true);
    select d.number, d.position into from_number, from_position
        from {schema}.indexed d order by d.number desc limit 1;
    indexed_number := from_number;
    indexed_position := from_position;
    select b.number + cardinality(b.ids), b.next_position into end_number, end_position
        from {schema}.batch b order by b.number desc limit 1;
    end_number := coalesce(end_number, 0);
    end_position := coalesce(end_position, 0);
    if end_number = from_number or (end_position - from_position < at_least and end_number - from_number < at_least) then
        return;
    end if;

    -- Numbers have no gaps, so the search goes no further than an append for each event.
    select b.number + cardinality(b.ids), b.next_position into indexed_number, indexed_position
        from {schema}.batch b
        where b.number >= from_number and b.number < from_number + events_max
            and b.next_position <= from_position + events_max
        order by b.number desc limit 1;
    if not found then
        select b.number + cardinality(b.ids), b.next_position into indexed_number, indexed_position
            from {schema}.batch b where b.number >= from_number order by b.number limit 1;
    end if;

    insert into {schema}.entry (position, id, type, category, is_first)
        select e.position, e.id, e.type, split_part(e.stream, '-', 1), e.revision = 0
        from {schema}.event e where e.position >= from_position and e.position < indexed_position;
    insert into {schema}.tag (tag, position)
        select t.tag, e.position from {schema}.event e, unnest(e.tags) t(tag)
        where e.position >= from_position and e.position < indexed_position;
    insert into {schema}.remembered (number, id, from_position, events)
        select b.number + a.n - 1, a.id, a.position, a.events
        from {schema}.batch b, unnest(b.ids, b.positions, b.events) with ordinality a(id, position, events, n)
        where b.number >= from_number and b.number < indexed_number;
    insert into {schema}.indexed (number, position) values (indexed_number, indexed_position);

    -- What was indexed before: the newest batch is not among it. Whatever an old snapshot still sees is not looked at again.
    select coalesce(max(d.number), 0) into earlier_number from {schema}.indexed d where d.number < from_number;
    delete from {schema}.indexed d where d.number >= earlier_number and d.number < from_number;
    delete from {schema}.batch b where b.number >= earlier_number and b.number < from_number;
end
$function$;
