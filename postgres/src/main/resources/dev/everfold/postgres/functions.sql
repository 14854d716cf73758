-- What appends call, made anew with each version of a store. {schema} is its schema, {key} the number of its sequencer, and
-- {server_started} the start of the server.

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
create function {schema}.find(
    wait_max text, append_ids uuid[], streams text[], sources text[],
    kinds int[], from_positions bigint[], terms text[], plain boolean[],
    with_stream text[], with_category text[], with_types text[], with_tags text[], only_first boolean[],
    out next_position bigint, out last_recorded bigint, out server bigint, out last_number bigint, out last_id uuid,
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
    select a.number, a.id, a.from_position + a.events, a.recorded into last_number, last_id, next_position, last_recorded
        from {schema}.append a order by a.number desc limit 1;
    next_position := coalesce(next_position, 0);
    select array_agg(a.id), array_agg(a.number), array_agg(a.from_position), array_agg(a.events)
        into remembered_ids, remembered_numbers, remembered_positions, remembered_events
        from {schema}.append a where a.id = any(append_ids);
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

-- Stores what was accepted: events from first_position on, and the appends that brought them from first_number on.
create function {schema}.store(
    first_position bigint, first_number bigint,
    revisions bigint[], recorded bigint[], occurred bigint[], ids uuid[], event_streams text[], types text[],
    content_types text[], tag_lists text[], metadata bytea[], data bytea[],
    tagged int[], tags text[],
    append_ids uuid[], append_positions bigint[], append_events int[], append_recorded bigint[],
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
    if cardinality(tags) > 0 then
        insert into {schema}.tag (tag, position)
            select t.tag, first_position + t.event from unnest(tags, tagged) t(tag, event);
    end if;
    insert into {schema}.append (number, id, from_position, events, recorded)
        select first_number + a.n - 1, a.id, a.position, a.events, a.recorded
        from unnest(append_ids, append_positions, append_events, append_recorded) with ordinality
            a(id, position, events, recorded, n);
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
    metadata bytea[], data bytea[], tagged int[], tags text[],
    offsets int[], append_events int[],
    out next_position bigint, out last_recorded bigint, out server bigint, out last_number bigint, out last_id uuid,
    out revisions bigint[])
language plpgsql volatile
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = 'EF001', message = current_setting('transaction_isolation');
    end if;
    perform set_config('lock_timeout', wait_max, true), pg_advisory_xact_lock({key});

    with before as materialized (
        select one.server, l.number, l.id, coalesce(l.from_position + l.events, 0) as position, l.recorded,
               array(select coalesce((select e.revision from {schema}.event e
                                      where e.stream = s.name order by e.revision desc limit 1), -1)
                     from unnest(streams) with ordinality s(name, n) order by s.n) as revisions
        from (select {server_started} as server) one
        left join lateral (select * from {schema}.append a order by a.number desc limit 1) l on true
        where not exists (select from {schema}.append a where a.id = any(append_ids))
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
    ), event_tags as (
        insert into {schema}.tag (tag, position)
            select t.tag, c.position + t.event from clear c, unnest(tags, tagged) t(tag, event)
    ), appends as (
        insert into {schema}.append (number, id, from_position, events, recorded)
            select coalesce(c.number, -1) + a.n, a.id, c.position + a.step, a.events,
                   greatest(c.recorded, stamps[a.step + a.events])
            from clear c, unnest(append_ids, offsets, append_events) with ordinality a(id, step, events, n)
    )
    select c.position, c.recorded, c.server, c.number, c.id, c.revisions
        into next_position, last_recorded, server, last_number, last_id, revisions from clear c;
end
$function$;
