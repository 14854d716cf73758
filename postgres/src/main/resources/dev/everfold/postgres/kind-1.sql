        when {number} then
            select coalesce(array_agg(f.n), '{}'), coalesce(array_agg(f.position), '{}') into items, positions
            from (
                select i.n, (
{lowest_match}) as position
                from (
                    select w.from_position, w.term, w.plain, w.stream, w.category, w.types::text[] as types,
                           w.tags::text[] as tags, w.first, w.n::int as n
                    from unnest(kinds, from_positions, terms, plain, with_stream, with_category, with_types, with_tags,
                                only_first) with ordinality
                        w(kind, from_position, term, plain, stream, category, types, tags, first, n)
                    where w.kind = {number}
                    offset 0) i) f
            where f.position is not null;
