"""Gold is written out when it is made, as releases will say it, because each says it again."""

import pgtrigger

#: ``attributes`` and ``links``: pairs of strings, or else nothing is written out.
_PAIRS = """
    (SELECT CASE WHEN count(*) = count(said)
                 THEN '[' || coalesce(string_agg(said, ',' ORDER BY nth), '') || ']' END
     FROM (SELECT nth, CASE WHEN pair = jsonb_build_object(
                                'name', pair ->> 'name', '{other}', pair ->> '{other}')
                       THEN '{{"name":' || (pair -> 'name')::text
                            || ',"{other}":' || (pair -> '{other}')::text || '}}' END AS said
           FROM jsonb_path_query(span, '$.{these}[*]') WITH ORDINALITY one (pair, nth)) pairs)
"""
_ATTRIBUTES = _PAIRS.format(these="attributes", other="value")
_LINKS = _PAIRS.format(these="links", other="target")
_SOURCE = "coalesce(nullif(span ->> 'source', ''), 'adjudicated')"

_COUNTED = """
    (SELECT coalesce(jsonb_object_agg(said, times), '{{}}')
     FROM (SELECT {said} AS said, count(*) AS times FROM jsonb_array_elements(NEW.spans) span
           GROUP BY 1) counted
     WHERE said IS NOT NULL)
"""

#: Keys are sorted, and PostgreSQL writes strings and whole numbers as a line has them. What is
#: missing or odd makes NULL of a span, and of all: whoever renders looks into ``spans`` then.
WRITE_OUT = f"""
    NEW.written := (
        SELECT CASE WHEN count(*) = count(line)
                    THEN '[' || coalesce(string_agg(line, ',' ORDER BY (span ->> 'start')::int,
                        (span ->> 'end')::int, (span ->> 'label') COLLATE "C",
                        (span ->> 'id') COLLATE "C", nth), '') || ']' END
        FROM (
            SELECT span, nth,
                '{{"attributes":' || {_ATTRIBUTES}
                || ',"coders":' || CASE jsonb_typeof(span -> 'coders')
                                   WHEN 'array' THEN (span -> 'coders')::text ELSE '[]' END
                || ',"decision":' || coalesce((span -> 'decision')::text, 'null')
                || ',"end":' || (span -> 'end')::text
                || ',"id":' || (span -> 'id')::text
                || ',"label":' || (span -> 'label')::text
                || ',"links":' || {_LINKS}
                || CASE WHEN coalesce(span ->> 'note', '') = '' THEN ''
                        ELSE ',"note":' || (span -> 'note')::text END
                || ',"quote":' || (span -> 'quote')::text
                || ',"source":' || to_json({_SOURCE})::text
                || ',"start":' || (span -> 'start')::text || '}}' AS line
            FROM jsonb_array_elements(NEW.spans) WITH ORDINALITY one (span, nth)
        ) lines
    );
    NEW.counts := jsonb_build_object(
        'coders', (SELECT coalesce(jsonb_agg(DISTINCT coder), '[]')
                   FROM jsonb_path_query(NEW.spans, '$[*].coders[*] ? (@ != null)') coder),
        'labels', {_COUNTED.format(said="span ->> 'label'")},
        'sources', {_COUNTED.format(said=_SOURCE)}
    );
    RETURN NEW;
"""  # noqa: S608 -- all of it stands above

TRIGGER = pgtrigger.Trigger(
    name="gold_is_written_out_when_it_is_made",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=WRITE_OUT,
)
