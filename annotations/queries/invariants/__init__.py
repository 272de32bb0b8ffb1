"""What must always be true of the database, asked of all its rows at once.

Constraints and triggers refuse what breaks a rule while they are in place. These checks find
what came in without them: edits past the triggers, a broken disk, a faulty restore. A check is
a function whose name is the rule; it names the rows that break it.
"""

from collections.abc import Callable, Iterable

from annotations.queries.invariants import (
    adjudication,
    agreement,
    articles,
    clusters,
    coding,
    tables,
)

Check = Callable[[], Iterable[str]]

CHECKS: list[Check] = [
    tables.constraints_are_in_place,
    tables.triggers_are_in_place,
    tables.references_lead_somewhere,
    articles.articles_match_their_hash,
    articles.articles_are_canonical,
    articles.zones_lie_inside_their_article,
    articles.article_versions_have_no_gaps,
    articles.staged_articles_bear_no_work,
    articles.imports_that_are_over_leave_nothing_staged,
    articles.uploads_are_the_bytes_that_came,
    articles.codebook_versions_have_no_gaps,
    clusters.clusters_hold_articles_of_their_project,
    clusters.copies_are_in_one_cluster,
    coding.work_stays_in_one_project,
    coding.live_work_never_exceeds_that_wanted,
    coding.live_work_is_counted_right,
    coding.tasks_are_tallied_right,
    coding.work_is_tallied_right,
    coding.spans_quote_their_article,
    coding.spans_are_what_the_log_comes_to,
    coding.refusals_are_what_the_log_comes_to,
    coding.revisions_count_the_applied_ops,
    coding.span_counts_are_right,
    coding.submitted_work_is_what_was_handed_in,
    coding.submissions_quote_their_article,
    adjudication.tasks_are_as_far_as_their_work,
    adjudication.cards_are_what_the_submissions_come_to,
    adjudication.cards_are_counted_right,
    adjudication.rulings_supersede_in_one_line,
    adjudication.cards_hold_rulings_in_force,
    adjudication.adjudicated_tasks_have_gold,
    adjudication.gold_is_what_the_rulings_come_to,
    adjudication.gold_quotes_its_article,
    agreement.marks_are_those_of_the_spans,
    agreement.agreement_rows_are_what_was_coded,
]
