"""The calls of the API, topic by topic, in the order of the contract."""

from django.urls import URLPattern, path

from annotations.api.adjudication import AdjudicationViewSet
from annotations.api.agreement import AgreementFileViewSet, AgreementViewSet
from annotations.api.articles import ArticleListViewSet, ArticleViewSet
from annotations.api.assignments import AssignmentListViewSet
from annotations.api.batch_changes import BatchChangeViewSet, WorkViewSet
from annotations.api.batches import BatchListViewSet, BatchViewSet
from annotations.api.cards import AlikeViewSet, CardHistoryViewSet, RemarkViewSet
from annotations.api.cleaning import CleaningViewSet, DescriptionViewSet
from annotations.api.clusters import ClusterListViewSet, ClusterViewSet
from annotations.api.codebook import CodebookViewSet
from annotations.api.coding import AssignmentViewSet
from annotations.api.feedback import FeedbackViewSet
from annotations.api.history import HistoryViewSet
from annotations.api.imports import ImportViewSet, OneImportViewSet
from annotations.api.invitations import InvitationViewSet
from annotations.api.members import MemberViewSet
from annotations.api.own_spans import OwnSpanViewSet
from annotations.api.projects import ProjectViewSet
from annotations.api.schema import DocsView, SchemaView
from annotations.api.session import SessionView
from annotations.api.tasks import TaskViewSet
from annotations.api.tokens import TokenViewSet
from annotations.api.training import AdmissionViewSet, TrainingViewSet

app_name = "api"

LIST = {"get": "list", "post": "create"}

urlpatterns: list[URLPattern] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("session/", SessionView.as_view(), name="session"),
    path("tokens/", TokenViewSet.as_view(LIST), name="tokens"),
    path(
        "tokens/<uuid:uuid>/",
        TokenViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="token",
    ),
    path("projects/", ProjectViewSet.as_view(LIST), name="projects"),
    path(
        "projects/<slug:slug>/",
        ProjectViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="project",
    ),
    path(
        "projects/<slug:slug>/archive/",
        ProjectViewSet.as_view({"post": "archive"}),
        name="project-archive",
    ),
    path(
        "projects/<slug:slug>/restore/",
        ProjectViewSet.as_view({"post": "restore"}),
        name="project-restore",
    ),
    path("projects/<slug:slug>/members/", MemberViewSet.as_view(LIST), name="members"),
    path(
        "projects/<slug:slug>/members/<uuid:uuid>/",
        MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="member",
    ),
    path(
        "projects/<slug:slug>/members/<uuid:uuid>/admission/",
        AdmissionViewSet.as_view({"post": "create", "delete": "destroy"}),
        name="admission",
    ),
    path("projects/<slug:slug>/invitations/", InvitationViewSet.as_view(LIST), name="invitations"),
    path(
        "projects/<slug:slug>/invitations/<uuid:uuid>/",
        InvitationViewSet.as_view({"delete": "destroy"}),
        name="invitation",
    ),
    path(
        "projects/<slug:slug>/codebook/",
        CodebookViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="codebook",
    ),
    path("projects/<slug:slug>/imports/", ImportViewSet.as_view(LIST), name="imports"),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/",
        OneImportViewSet.as_view({"get": "retrieve"}),
        name="import",
    ),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/refused/",
        OneImportViewSet.as_view({"get": "refused"}),
        name="import-refused",
    ),
    path(
        "projects/<slug:slug>/imports/<uuid:uuid>/cancel/",
        OneImportViewSet.as_view({"post": "cancel"}),
        name="import-cancel",
    ),
    path(
        "projects/<slug:slug>/articles/",
        ArticleListViewSet.as_view({"get": "list"}),
        name="articles",
    ),
    path(
        "projects/<slug:slug>/articles/describe/",
        DescriptionViewSet.as_view({"post": "describe"}),
        name="articles-describe",
    ),
    path(
        "projects/<slug:slug>/cleaning/",
        CleaningViewSet.as_view({"get": "rules", "post": "create"}),
        name="cleaning",
    ),
    path(
        "projects/<slug:slug>/cleaning/<uuid:uuid>/",
        CleaningViewSet.as_view({"get": "retrieve"}),
        name="cleaning-job",
    ),
    path(
        "projects/<slug:slug>/clusters/",
        ClusterListViewSet.as_view({"get": "list"}),
        name="clusters",
    ),
    path("clusters/<uuid:uuid>/", ClusterViewSet.as_view({"get": "retrieve"}), name="cluster"),
    path(
        "clusters/<uuid:uuid>/correct/",
        ClusterViewSet.as_view({"post": "correct"}),
        name="cluster-correct",
    ),
    path(
        "articles/<uuid:uuid>/",
        ArticleViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="article",
    ),
    path(
        "articles/<uuid:uuid>/withdraw/",
        ArticleViewSet.as_view({"post": "withdraw"}),
        name="article-withdraw",
    ),
    path(
        "articles/<uuid:uuid>/restore/",
        ArticleViewSet.as_view({"post": "restore"}),
        name="article-restore",
    ),
    path("projects/<slug:slug>/batches/", BatchListViewSet.as_view(LIST), name="batches"),
    path(
        "batches/<uuid:uuid>/",
        BatchViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="batch",
    ),
    path(
        "batches/<uuid:uuid>/reassign/",
        BatchViewSet.as_view({"post": "reassign"}),
        name="batch-reassign",
    ),
    path(
        "batches/<uuid:uuid>/close/", BatchViewSet.as_view({"post": "close"}), name="batch-close"
    ),
    path(
        "batches/<uuid:uuid>/release/",
        BatchChangeViewSet.as_view({"post": "release"}),
        name="batch-release",
    ),
    path(
        "batches/<uuid:uuid>/another/",
        BatchChangeViewSet.as_view({"post": "ask_another"}),
        name="batch-another",
    ),
    path(
        "batches/<uuid:uuid>/another/stop/",
        BatchChangeViewSet.as_view({"post": "ask_no_more"}),
        name="batch-ask-no-more",
    ),
    path(
        "batches/<uuid:uuid>/remind/",
        BatchChangeViewSet.as_view({"post": "remind"}),
        name="batch-remind",
    ),
    path(
        "assignments/<uuid:uuid>/give-back/",
        WorkViewSet.as_view({"post": "give_back"}),
        name="work-give-back",
    ),
    path(
        "assignments/<uuid:uuid>/answer/",
        WorkViewSet.as_view({"post": "answer"}),
        name="flag-answer",
    ),
    path(
        "projects/<slug:slug>/assignments/",
        AssignmentListViewSet.as_view({"get": "list"}),
        name="assignments",
    ),
    path(
        "projects/<slug:slug>/own-spans/",
        OwnSpanViewSet.as_view({"get": "list"}),
        name="own-spans",
    ),
    path(
        "projects/<slug:slug>/feedback/",
        FeedbackViewSet.as_view({"get": "list"}),
        name="feedback",
    ),
    path(
        "projects/<slug:slug>/feedback/agreement/",
        FeedbackViewSet.as_view({"get": "agreement"}),
        name="feedback-agreement",
    ),
    path(
        "projects/<slug:slug>/next/",
        AssignmentListViewSet.as_view({"post": "next"}),
        name="next",
    ),
    path(
        "assignments/<uuid:uuid>/comparison/",
        TrainingViewSet.as_view({"get": "comparison"}),
        name="comparison",
    ),
    path(
        "assignments/<uuid:uuid>/try-again/",
        TrainingViewSet.as_view({"post": "try_again"}),
        name="try-again",
    ),
    path(
        "assignments/<uuid:uuid>/",
        AssignmentViewSet.as_view({"get": "retrieve"}),
        name="assignment",
    ),
    path(
        "assignments/<uuid:uuid>/ops/",
        AssignmentViewSet.as_view({"post": "ops"}),
        name="assignment-ops",
    ),
    path(
        "assignments/<uuid:uuid>/submit/",
        AssignmentViewSet.as_view({"post": "submit"}),
        name="assignment-submit",
    ),
    path(
        "assignments/<uuid:uuid>/release/",
        AssignmentViewSet.as_view({"post": "release"}),
        name="assignment-release",
    ),
    path(
        "assignments/<uuid:uuid>/history/",
        AssignmentViewSet.as_view({"get": "history"}),
        name="assignment-history",
    ),
    path(
        "assignments/<uuid:uuid>/drafts/",
        AssignmentViewSet.as_view({"get": "drafts"}),
        name="assignment-drafts",
    ),
    path("projects/<slug:slug>/tasks/", TaskViewSet.as_view({"get": "list"}), name="tasks"),
    path(
        "tasks/<uuid:uuid>/adjudication/",
        AdjudicationViewSet.as_view({"get": "retrieve"}),
        name="adjudication",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/",
        AdjudicationViewSet.as_view({"put": "rule", "delete": "reopen_card"}),
        name="card",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/alike/",
        AlikeViewSet.as_view({"get": "retrieve"}),
        name="alike",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/spread/",
        AlikeViewSet.as_view({"post": "spread"}),
        name="spread",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/spread/<uuid:decision>/",
        AlikeViewSet.as_view({"delete": "take_back"}),
        name="spread-taken-back",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/history/",
        CardHistoryViewSet.as_view({"get": "list"}),
        name="card-history",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/cards/<slug:card>/remarks/",
        RemarkViewSet.as_view({"get": "list", "post": "create"}),
        name="remarks",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/take/",
        AdjudicationViewSet.as_view({"post": "take"}),
        name="take",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/spans/",
        AdjudicationViewSet.as_view({"post": "add_span"}),
        name="added-spans",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/spans/<uuid:span>/",
        AdjudicationViewSet.as_view({"delete": "take_back_span"}),
        name="added-span",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/finish/",
        AdjudicationViewSet.as_view({"post": "finish"}),
        name="finish",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/reopen/",
        AdjudicationViewSet.as_view({"post": "reopen"}),
        name="reopen",
    ),
    path(
        "tasks/<uuid:uuid>/adjudication/return/",
        AdjudicationViewSet.as_view({"post": "return_work"}),
        name="return",
    ),
    path(
        "projects/<slug:slug>/agreement/",
        AgreementViewSet.as_view({"get": "retrieve"}),
        name="agreement",
    ),
    path(
        "projects/<slug:slug>/agreement/details/",
        AgreementViewSet.as_view({"get": "details"}),
        name="agreement-details",
    ),
    path(
        "projects/<slug:slug>/agreement/articles/",
        AgreementViewSet.as_view({"get": "list"}),
        name="agreement-articles",
    ),
    path(
        "projects/<slug:slug>/agreement/files/<str:name>",
        AgreementFileViewSet.as_view({"get": "download"}),
        name="agreement-file",
    ),
    path(
        "projects/<slug:slug>/history/",
        HistoryViewSet.as_view({"get": "list"}),
        name="history",
    ),
]
