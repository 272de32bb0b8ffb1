from collections.abc import Iterator

from django.db import connection


def found(query: str, *parameters: str) -> Iterator[str]:
    """Yield the first column of what a query finds, as text."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows = cursor.fetchall()
    yield from (str(row[0]) for row in rows)


def misquotes(table: str, article_of: str) -> Iterator[str]:
    """Find frozen spans, kept as JSON in ``table``, that are not what their article says there.

    ``article_of`` joins the article, called ``article``, to the row, called ``frozen``.
    """
    # Both arguments are our own words, never anybody's input.
    return found(f"""
        SELECT '{table} ' || frozen.id || ', span ' || (span ->> 'id')
        FROM {table} frozen
        {article_of}
        CROSS JOIN LATERAL jsonb_array_elements(frozen.spans) span
        WHERE substr(article.text, (span ->> 'start')::int + 1,
                     (span ->> 'end')::int - (span ->> 'start')::int)
              IS DISTINCT FROM span ->> 'quote'
        ORDER BY frozen.id
    """)  # noqa: S608
