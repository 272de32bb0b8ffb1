"""Coders' work: the log of ops, the spans that it comes to, and what was handed in."""

from collections.abc import Iterator

from annotations.queries.invariants.asking import found, misquotes


def work_stays_in_one_project() -> Iterator[str]:
    """A task, its article, its coders and their codebooks belong to one project."""
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        JOIN annotations_batch batch ON batch.id = task.batch_id
        JOIN annotations_article article ON article.id = task.article_id
        LEFT JOIN annotations_assignment work ON work.task_id = task.id
        LEFT JOIN annotations_member coder ON coder.id = work.coder_id
        LEFT JOIN annotations_codebookversion codebook
            ON codebook.id IN (work.codebook_id, task.codebook_id)
        GROUP BY task.id, batch.project_id, article.project_id
        HAVING article.project_id <> batch.project_id
            OR bool_or(coder.project_id <> batch.project_id)
            OR bool_or(codebook.project_id <> batch.project_id)
    """)


def live_work_never_exceeds_that_wanted() -> Iterator[str]:
    """A task has no more coders than it wants."""
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        JOIN annotations_assignment work ON work.task_id = task.id AND work.state <> 'released'
        GROUP BY task.id
        HAVING count(*) > task.coders_wanted
    """)


def live_work_is_counted_right() -> Iterator[str]:
    """A task's counter says how many of its assignments are not taken away."""
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        LEFT JOIN annotations_assignment work
             ON work.task_id = task.id AND work.state <> 'released'
        GROUP BY task.id
        HAVING task.coders_live <> count(work.id)
        ORDER BY task.id
    """)


def tasks_are_tallied_right() -> Iterator[str]:
    """The lines on a batch's tasks come to what its tasks are."""
    return found("""
        SELECT 'tasks of batch ' || batch_id || ' that are ' || state
        FROM (
            SELECT batch_id, state, 1 AS tasks, coders_wanted AS wanted,
                   CASE WHEN state = 'open' THEN coders_wanted - coders_live ELSE 0 END AS vacant,
                   (state = 'open' AND coders_added > 0)::int AS asked,
                   (known_gold_id IS NOT NULL)::int AS known
            FROM annotations_task
            UNION ALL
            SELECT batch_id, state, -tasks, -wanted, -vacant, -asked, -known
            FROM annotations_tasktally
        ) AS both_ways
        GROUP BY batch_id, state
        HAVING (sum(tasks), sum(wanted), sum(vacant), sum(asked), sum(known)) <> (0, 0, 0, 0, 0)
        ORDER BY batch_id, state
    """)


def work_is_tallied_right() -> Iterator[str]:
    """The lines on a coder's work come to what there is, of the last days to the quarter hour."""
    return found("""
        SELECT 'work of coder ' || coder_id || ' in batch ' || batch_id || ' that is ' || state
        FROM (
            SELECT task.batch_id, work.coder_id, work.state, 1 AS number,
                   CASE WHEN work.state = 'submitted' THEN date_bin(
                       '15 minutes', work.submitted_at, timestamptz '2000-01-01 00:00+00'
                   ) END AS slot
            FROM annotations_assignment work
            JOIN annotations_task task ON task.id = work.task_id
            WHERE work.state <> 'released'
            UNION ALL
            SELECT batch_id, coder_id, state, -number, slot FROM annotations_worktally
        ) AS both_ways
        GROUP BY batch_id, coder_id, state,
                 CASE WHEN slot > now() - interval '14 days' THEN slot END
        HAVING sum(number) <> 0
        ORDER BY batch_id, coder_id, state
    """)


def spans_quote_their_article() -> Iterator[str]:
    """``text[start:end] == quote``, and the label is one of the project."""
    return found("""
        SELECT 'span ' || span.uuid || ' of assignment ' || work.uuid
        FROM annotations_span span
        JOIN annotations_assignment work ON work.id = span.assignment_id
        JOIN annotations_task task ON task.id = work.task_id
        JOIN annotations_article article ON article.id = task.article_id
        JOIN annotations_label label ON label.id = span.label_id
        WHERE span."end" > article.text_length
           OR span."end" <= span.start
           OR substr(article.text, span.start + 1, span."end" - span.start) <> span.quote
           OR label.project_id <> article.project_id
        ORDER BY span.id
    """)


def spans_are_what_the_log_comes_to() -> Iterator[str]:
    """The spans of an assignment are those that its applied ops have left, and no others."""
    return found("""
        WITH last AS (
            SELECT DISTINCT ON (assignment_id, span_uuid)
                   assignment_id, span_uuid, result -> 'span' AS span
            FROM annotations_spanop
            WHERE status = 'applied' AND span_uuid IS NOT NULL
            ORDER BY assignment_id, span_uuid, rev DESC
        ),
        logged AS (SELECT * FROM last WHERE jsonb_typeof(span) = 'object'),
        stored AS (
            SELECT span.*, label.key
            FROM annotations_span span JOIN annotations_label label ON label.id = span.label_id
        )
        SELECT 'span ' || coalesce(logged.span_uuid, stored.uuid) || ' of assignment ' || (
                   SELECT uuid FROM annotations_assignment
                   WHERE id = coalesce(logged.assignment_id, stored.assignment_id)
               )
        FROM logged
        FULL JOIN stored
             ON stored.assignment_id = logged.assignment_id AND stored.uuid = logged.span_uuid
        WHERE stored.id IS NULL
           OR logged.span IS NULL
           OR jsonb_build_object(
                  'start', stored.start, 'end', stored."end", 'label', stored.key,
                  'quote', stored.quote, 'attributes', stored.attributes,
                  'links', stored.links, 'note', stored.note, 'rev', stored.rev,
                  'source', stored.source
              ) <> jsonb_build_object('source', null) || logged.span - 'id'
    """)


def refusals_are_what_the_log_comes_to() -> Iterator[str]:
    """The suggestions that an assignment has refused are those that its applied ops have left."""
    return found("""
        WITH last AS (
            SELECT DISTINCT ON (assignment_id, body -> 'source' ->> 'suggestion')
                   assignment_id, body -> 'source' ->> 'suggestion' AS suggestion, type
            FROM annotations_spanop
            WHERE status = 'applied' AND type IN ('refuse', 'restore')
            ORDER BY assignment_id, body -> 'source' ->> 'suggestion', rev DESC
        ),
        logged AS (
            SELECT assignment_id, array_agg(suggestion::uuid ORDER BY suggestion::uuid) AS refused
            FROM last WHERE type = 'refuse' GROUP BY assignment_id
        )
        SELECT 'assignment ' || work.uuid
        FROM annotations_assignment work
        LEFT JOIN logged ON logged.assignment_id = work.id
        WHERE coalesce(logged.refused, '{}')
              <> ARRAY(SELECT one FROM unnest(work.refused) one ORDER BY one)
        ORDER BY work.id
    """)


def revisions_count_the_applied_ops() -> Iterator[str]:
    """An assignment's ``doc_rev`` is the number of its applied ops, numbered without a gap."""
    return found("""
        SELECT 'assignment ' || work.uuid
        FROM annotations_assignment work
        LEFT JOIN annotations_spanop op ON op.assignment_id = work.id AND op.status = 'applied'
        GROUP BY work.id
        HAVING work.doc_rev <> count(op.id) OR coalesce(max(op.rev), 0) <> count(op.id)
        ORDER BY work.id
    """)


def span_counts_are_right() -> Iterator[str]:
    """The counter of an assignment says how many spans it has."""
    return found("""
        SELECT 'assignment ' || work.uuid
        FROM annotations_assignment work
        LEFT JOIN annotations_span span ON span.assignment_id = work.id
        GROUP BY work.id
        HAVING work.span_count <> count(span.id)
        ORDER BY work.id
    """)


def submitted_work_is_what_was_handed_in() -> Iterator[str]:
    """While work is submitted, its spans are those of its last submission."""
    return found("""
        WITH last AS (
            SELECT DISTINCT ON (assignment_id) assignment_id, doc_rev, spans
            FROM annotations_submission ORDER BY assignment_id, id DESC
        )
        SELECT 'assignment ' || work.uuid
        FROM annotations_assignment work
        LEFT JOIN last ON last.assignment_id = work.id
        WHERE work.state = 'submitted' AND (
            last.assignment_id IS NULL
            OR last.doc_rev <> work.doc_rev
            OR coalesce((
                   SELECT jsonb_object_agg(
                       span ->> 'id', jsonb_build_object('source', null) || span - 'id' - 'rev'
                   )
                   FROM jsonb_array_elements(last.spans) span
               ), '{}') <> coalesce((
                   SELECT jsonb_object_agg(span.uuid, jsonb_build_object(
                       'start', span.start, 'end', span."end", 'label', label.key,
                       'quote', span.quote, 'attributes', span.attributes,
                       'links', span.links, 'note', span.note, 'source', span.source
                   ))
                   FROM annotations_span span
                   JOIN annotations_label label ON label.id = span.label_id
                   WHERE span.assignment_id = work.id
               ), '{}')
        )
        ORDER BY work.id
    """)


def submissions_quote_their_article() -> Iterator[str]:
    """What was handed in is what the text says there."""
    return misquotes(
        "annotations_submission",
        """
        JOIN annotations_assignment work ON work.id = frozen.assignment_id
        JOIN annotations_task task ON task.id = work.task_id
        JOIN annotations_article article ON article.id = task.article_id
        """,
    )
