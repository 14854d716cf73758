and not exists (select from unnest(:from_positions) f where f > b.position)
        and not exists (
            select from {schema}.matches(:kinds, :from_positions, :terms, :plain, :with_stream, :with_category,
                                         :with_types, :with_tags, :only_first) m
            where cardinality(m.matched_items) > 0)
