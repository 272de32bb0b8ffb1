"""Bodies that work, for the schema: one for each call that takes more than a word."""

from typing import Any

_SPAN = "0b6f4c1e-8f0e-4d3a-9a53-1f8f4f6f9a10"
_ARTICLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

#: By the call's ``operationId``.
BODIES: dict[str, Any] = {
    "projects_create": {"name": "River talks", "settings": {"auto_decide": "majority"}},
    "projects_partial_update": {"settings": {"show_names": True}},
    "projects_members_create": {"username": "amina", "roles": ["coder", "adjudicator"]},
    "projects_members_partial_update": {"roles": ["researcher"]},
    "projects_codebook_update": {
        "labels": [
            {
                "key": "actor",
                "name": "Actor",
                "hotkey": "a",
                "definition": "Who does something, or could.",
                "examples": ["[Mayor Brandt] said so."],
            }
        ],
        "rules": [{"id": "R1", "text": "Titles belong to the name."}],
        "change": "minor",
        "note": "An example more.",
    },
    "projects_batches_create": {
        "name": "First week",
        "articles": {"sample": 200},
        "coders": ["amina", "bela", "cyril"],
        "coders_per_article": 2,
        "one_per_cluster": True,
        "due": "2026-12-01",
    },
    "batches_reassign_create": {"from": "amina", "to": "bela"},
    "articles_partial_update": {
        "zones": [{"start": 0, "end": 24, "kind": "dateline"}],
        "meta": {"title": "Talks go on", "outlet": "The Courier"},
    },
    "articles_withdraw_create": {"reason": "The outlet took it back."},
    "assignments_ops_create": {
        "client_id": "a-window-of-my-own",
        "since": 0,
        "text_sha256": _ARTICLE_HASH,
        "codebook_version": 1,
        "ops": [
            {
                "op_id": "5d1d5f0a-5d3c-4a55-8f3e-3a1b6a7c2f01",
                "seq": 1,
                "type": "create",
                "span_id": _SPAN,
                "label": "actor",
                "start": 0,
                "end": 12,
                "quote": "Mayor Brandt",
            }
        ],
    },
    "assignments_submit_create": {
        "submission_id": "7a1c2f4e-0d7b-4b61-8e0f-5b2d9c3a4e55",
        "doc_rev": 1,
        "span_count": 1,
    },
    "tasks_adjudication_cards_update": {
        "base_version": 1,
        "outcome": "accept",
        "coder": "A",
        "reason": "boundary",
        "rule": "R1",
    },
    "tasks_adjudication_spans_create": {
        "base_version": 2,
        "label": "location",
        "start": 25,
        "end": 32,
    },
    "tasks_adjudication_return_create": {"coder": "A", "note": "The last paragraph is not coded."},
    "projects_releases_create": {
        "name": "Gold, spring",
        "formats": ["jsonl", "csv"],
        "splits": {"train": 0.8, "dev": 0.1, "test": 0.1},
        "stratify": "outlet",
        "seed": 7,
    },
    "releases_retract_create": {"reason": "Two articles were withdrawn."},
    "tokens_create": {"name": "notebook", "scopes": ["releases"], "expires_in_days": 90},
}
