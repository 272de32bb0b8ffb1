"""The pages, topic by topic."""

from django.urls import URLPattern, path

from annotations.views import (
    adjudication,
    agreement,
    articles,
    batch_changes,
    batch_planner,
    batch_settings,
    batches,
    cleaning,
    clusters,
    codebook,
    codebook_draft,
    codebook_entries,
    codebook_review,
    coding,
    feedback,
    history,
    home,
    imports,
    invitations,
    people,
    profile,
    projects,
    sign_in,
)

app_name = "annotations"

urlpatterns: list[URLPattern] = [
    # People
    path("", home.home, name="home"),
    path("projects/<slug:slug>/next/", home.next_article, name="next-article"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/mail/", profile.mail, name="mail"),
    path("profile/sessions/end/", profile.end_other_sessions, name="sessions-end"),
    path("profile/sessions/<str:key>/end/", profile.end_session, name="session-end"),
    path("profile/tokens/", profile.own_tokens, name="tokens"),
    path("profile/keys/", profile.preferences, name="preferences"),
    path("profile/appearance/", profile.appearance, name="appearance"),
    path("profile/tokens/<uuid:uuid>/revoke/", profile.revoke_token, name="token-revoke"),
    path("join/<str:secret>/", invitations.join, name="join"),
    # Projects
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.create, name="project-new"),
    path("projects/<slug:slug>/", projects.project, name="project"),
    path("projects/<slug:slug>/settings/", projects.settings, name="project-settings"),
    path("projects/<slug:slug>/archive/", projects.archive, name="project-archive"),
    path("projects/<slug:slug>/restore/", projects.restore, name="project-restore"),
    path("projects/<slug:slug>/people/", people.index, name="people"),
    path("projects/<slug:slug>/people/add/", people.add, name="people-add"),
    path("projects/<slug:slug>/people/invitations/", invitations.index, name="invitations"),
    path(
        "projects/<slug:slug>/people/invitations/<uuid:uuid>/revoke/",
        invitations.revoke,
        name="invitation-revoke",
    ),
    path("projects/<slug:slug>/people/<uuid:uuid>/", people.member, name="member"),
    path("projects/<slug:slug>/people/<uuid:uuid>/roles/", people.set_roles, name="member-roles"),
    path("projects/<slug:slug>/people/<uuid:uuid>/remove/", people.remove, name="member-remove"),
    path(
        "projects/<slug:slug>/people/<uuid:uuid>/restore/", people.restore, name="member-restore"
    ),
    path(
        "projects/<slug:slug>/people/<uuid:uuid>/password/",
        people.password_link,
        name="member-password",
    ),
    path("projects/<slug:slug>/codebook/", codebook.page, name="codebook"),
    path("projects/<slug:slug>/codebook/edit/", codebook_draft.edit, name="codebook-edit"),
    path("projects/<slug:slug>/codebook/draft/", codebook_draft.changes, name="codebook-draft"),
    path(
        "projects/<slug:slug>/codebook/draft/file/",
        codebook_draft.from_file,
        name="codebook-from-file",
    ),
    path(
        "projects/<slug:slug>/codebook/draft/discard/",
        codebook_draft.discard,
        name="codebook-draft-discard",
    ),
    path(
        "projects/<slug:slug>/codebook/rulings/", codebook_entries.rulings, name="codebook-rulings"
    ),
    path("projects/<slug:slug>/codebook/seen/", codebook.seen, name="codebook-seen"),
    path("projects/<slug:slug>/codebook/review/", codebook_review.page, name="codebook-review"),
    path("projects/<slug:slug>/codebook/<int:number>/", codebook.page, name="codebook-version"),
    path(
        "projects/<slug:slug>/codebook/<int:number>/codebook.yaml",
        codebook.file,
        name="codebook-file",
    ),
    path(
        "projects/<slug:slug>/codebook/<int:number>/changes/",
        codebook.changes,
        name="codebook-changes",
    ),
    # Articles and batches
    path("projects/<slug:slug>/imports/", imports.index, name="imports"),
    path("projects/<slug:slug>/imports/<uuid:uuid>/", imports.detail, name="import"),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/progress/",
        imports.import_progress,
        name="import-progress",
    ),
    path("projects/<slug:slug>/imports/<uuid:uuid>/cancel/", imports.cancel, name="import-cancel"),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/columns/", imports.columns, name="import-columns"
    ),
    path("projects/<slug:slug>/imports/<uuid:uuid>/run/", imports.run, name="import-run"),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/refused/", imports.refused, name="import-refused"
    ),
    path("projects/<slug:slug>/articles/", articles.index, name="articles"),
    path("projects/<slug:slug>/clean/", cleaning.page, name="clean"),
    path("projects/<slug:slug>/articles/describe/", articles.describe, name="articles-describe"),
    path("projects/<slug:slug>/clusters/", clusters.index, name="clusters"),
    path("clusters/<uuid:uuid>/", clusters.detail, name="cluster"),
    path("clusters/<uuid:uuid>/correct/", clusters.correct, name="cluster-correct"),
    path("clusters/<uuid:uuid>/undo/", clusters.undo, name="cluster-undo"),
    path("articles/<uuid:uuid>/", articles.detail, name="article"),
    path("articles/<uuid:uuid>/zones/", cleaning.correct_lines, name="article-zones"),
    path("articles/<uuid:uuid>/withdraw/", articles.withdraw, name="article-withdraw"),
    path("articles/<uuid:uuid>/restore/", articles.restore, name="article-restore"),
    path("projects/<slug:slug>/batches/", batches.index, name="batches"),
    path("projects/<slug:slug>/batches/new/", batch_planner.create, name="batch-new"),
    path(
        "projects/<slug:slug>/batches/new/preview/",
        batch_planner.batch_preview,
        name="batch-preview",
    ),
    path("batches/<uuid:uuid>/", batches.detail, name="batch"),
    path("batches/<uuid:uuid>/settings/", batch_settings.settings, name="batch-settings"),
    path("batches/<uuid:uuid>/progress/", batches.batch_progress, name="batch-progress"),
    path("batches/<uuid:uuid>/matrix/", batches.batch_matrix, name="batch-matrix"),
    path("batches/<uuid:uuid>/reassign/", batch_changes.reassign, name="batch-reassign"),
    path("batches/<uuid:uuid>/release/", batch_changes.release, name="batch-release"),
    path("batches/<uuid:uuid>/another/", batch_changes.ask_another, name="batch-another"),
    path(
        "batches/<uuid:uuid>/another/plan/",
        batch_changes.batch_another_plan,
        name="batch-another-plan",
    ),
    path("batches/<uuid:uuid>/another/stop/", batch_changes.ask_no_more, name="batch-ask-no-more"),
    path("batches/<uuid:uuid>/remind/", batch_changes.remind, name="batch-remind"),
    path("batches/<uuid:uuid>/close/", batch_changes.close, name="batch-close"),
    path("assignments/<uuid:uuid>/record/", batches.work, name="work"),
    path("assignments/<uuid:uuid>/give-back/", batch_changes.give_back, name="work-give-back"),
    path("assignments/<uuid:uuid>/answer/", batch_changes.answer_flag, name="flag-answer"),
    path("projects/<slug:slug>/agreement/", agreement.page, name="agreement"),
    path(
        "projects/<slug:slug>/agreement/articles/",
        agreement.articles,
        name="agreement-articles",
    ),
    path("projects/<slug:slug>/history/", history.page, name="history"),
    path("projects/<slug:slug>/history/history.csv", history.file, name="history-file"),
    # Coding
    path("assignments/<uuid:uuid>/", coding.page, name="coding"),
    path("assignments/<uuid:uuid>/reading/", coding.reading, name="reading"),
    path("projects/<slug:slug>/feedback/", feedback.page, name="feedback"),
    path("projects/<slug:slug>/feedback/read/", feedback.read, name="feedback-read"),
    # Adjudication
    path("projects/<slug:slug>/adjudication/", adjudication.queue, name="tasks"),
    path("projects/<slug:slug>/adjudication/next/", adjudication.next_task, name="next-task"),
    path("tasks/<uuid:uuid>/", adjudication.page, name="adjudication"),
    path(
        "tasks/<uuid:uuid>/cards/<str:card>/codebook/",
        codebook_entries.of_ruling,
        name="ruling-to-codebook",
    ),
]
