SELECT coalesce(sum(st_npoints(geometry)), 0)::bigint AS vertices FROM {{ schema | ident }}.{{ table | ident }}
