and :from_position <= {position}
        and not exists (
            select from (
                select :from_position::bigint as from_position, :term::text as term, :plain::boolean as plain,
                       :stream_of_item::text as stream, :category::text as category, :types::text[] as types,
                       :tags_of_item::text[] as tags, :only_first::boolean as first
                offset 0) i
            cross join lateral (
{lowest_match}) p
            where p.position is not null)
