import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import MultipleChoiceField

from annotations.actions import codebook as actions
from annotations.enums import AssignmentState
from annotations.models import CodebookVersion
from annotations.queries import codebook
from tests.factories import TUESDAY, AssignmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/codebook/edit/"


def filled(answer):
    """Return what a browser would send of the form on the page."""
    data = {}
    head, labels, rules = (answer.context[name] for name in ("head", "labels", "rules"))
    forms = [head, labels.management_form, *labels.forms, rules.management_form, *rules.forms]
    for rows in (rows for label in labels for rows in (label.attributes, label.links)):
        forms += [rows.management_form, *rows.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False or bound.field.disabled:
                continue
            many = isinstance(bound.field, MultipleChoiceField)
            data[bound.html_name] = value if many else str(value).replace("\n", "\r\n")
    return data


def latest(admin):
    return codebook.as_contract(codebook.current(admin.project))


def labels(admin):
    return {label["key"]: label for label in latest(admin)["labels"]}


def test_what_is_sent_back_as_it_came_changes_nothing_but_the_number(signed_in, admin, address):
    rich = {
        "key": "actor",
        "name": "Actor",
        "colour": "#123456",
        "hotkey": "a",
        "definition": "Who acts.\n\nOr speaks.",
        "include": ["Titles", "two\nlines"],
        "exclude": ["Pronouns"],
        "examples": ["[Ada] spoke", {"text": "[Ben] left", "note": "why", "source": "x"}],
        "attributes": [
            {"name": "role", "values": ["mayor", "judge"], "weight": 2},
            {"name": "since", "type": "date", "required": True},
        ],
        "links": [{"name": "speaker"}, {"name": "deputy", "targets": ["actor"], "single": True}],
    }
    rules = [{"id": "R1", "text": "The longest name."}]
    actions.publish(project=admin.project, labels=[rich], rules=rules, by=admin.user, at=TUESDAY)
    before = latest(admin)

    answer = signed_in.post(address, filled(signed_in.get(address)))

    assert (answer.status_code, answer["Location"]) == (302, address.removesuffix("edit/"))
    assert latest(admin) == before | {"version": before["version"] + 1}


def test_a_label_is_changed_and_the_change_is_named(signed_in, admin, address):
    data = filled(signed_in.get(address))

    signed_in.post(
        address,
        data
        | {
            "labels-0-name": "Person",
            "labels-0-hotkey": "q",
            "labels-0-colour": "#b3261e",
            "labels-0-definition": "Who acts.",
            "labels-0-include": "Names\nTitles\n\n",
            "labels-0-examples": "[Ada] spoke || a mayor",
            "labels-1-retired": "on",
            "change": "meaning",
            "note": "People, not groups.",
        },
    )

    version = codebook.current(admin.project)
    assert (version.number, version.change, version.note) == (2, "meaning", "People, not groups.")
    actor = labels(admin)["actor"]
    assert (actor["name"], actor["hotkey"], actor["colour"]) == ("Person", "q", "#b3261e")
    assert (actor["definition"], actor["include"]) == ("Who acts.", ["Names", "Titles"])
    assert actor["examples"] == [{"text": "[Ada] spoke", "note": "a mayor"}]
    assert labels(admin)["location"]["retired"]
    assert "People, not groups." in signed_in.get(address.removesuffix("edit/")).content.decode()


def test_a_minor_change_reaches_work_in_progress_and_a_change_of_meaning_does_not(
    signed_in, admin, address
):
    begun = AssignmentFactory(task__batch__project=admin.project, state=AssignmentState.CODING)
    numbers = []
    for change in ("minor", "meaning"):
        signed_in.post(address, filled(signed_in.get(address)) | {"change": change})
        begun.refresh_from_db()
        numbers.append(begun.codebook.number)

    assert numbers == [2, 2]
    assert codebook.current(admin.project).number == 3


def test_a_label_is_added_with_a_key_from_its_name(signed_in, admin, address):
    data = filled(signed_in.get(address))

    signed_in.post(address, data | {"labels-4-name": "Legal act", "labels-4-hotkey": "g"})

    assert list(labels(admin)) == ["actor", "location", "event", "claim", "legal-act"]
    assert labels(admin)["legal-act"]["colour"] == "#0c6b78"


def test_add_makes_room_without_publishing_or_losing_anything(signed_in, admin, address):
    data = filled(signed_in.get(address)) | {"labels-4-name": "Quote", "add": "labels"}

    answer = signed_in.post(address, data)

    assert (answer.status_code, codebook.current(admin.project).number) == (200, 1)
    assert len(answer.context["labels"].forms) == 6
    again = filled(answer) | {"labels-5-name": "Date"}
    signed_in.post(address, again)
    assert {"quote", "date"} <= set(labels(admin))


def test_attributes_and_links_are_declared_changed_and_left_out(signed_in, admin, address):
    for added in ("labels-0-attributes", "labels-0-attributes", "labels-0-links"):
        data = filled(signed_in.post(address, filled(signed_in.get(address)) | {"add": added}))
    data = filled(signed_in.post(address, data | {"add": "labels-0-attributes"}))
    signed_in.post(
        address,
        data
        | {
            "labels-0-attributes-0-name": "kind",
            "labels-0-attributes-0-type": "choice",
            "labels-0-attributes-0-values": "person\r\nstate",
            "labels-0-links-0-name": "speaks for",
            "labels-0-links-0-targets": ["actor", "location"],
            "labels-0-links-0-single": "on",
        },
    )
    declared = {"name": "kind", "type": "choice", "values": ["person", "state"]}
    link = {"name": "speaks for", "targets": ["actor", "location"], "single": True}
    actor = labels(admin)["actor"]
    assert (actor["attributes"], actor["links"]) == ([declared], [link])

    data = filled(signed_in.get(address))
    signed_in.post(
        address,
        data
        | {
            "labels-0-attributes-0-type": "text",
            "labels-0-attributes-0-required": "on",
            "labels-0-links-0-name": "",
        },
    )

    actor = labels(admin)["actor"]
    assert actor["attributes"] == [{"name": "kind", "type": "text", "required": True}]
    assert actor["links"] == []


def test_a_label_is_moved_without_publishing_and_then_published_there(signed_in, admin, address):
    answer = signed_in.post(address, filled(signed_in.get(address)) | {"move": "3-up"})
    assert codebook.current(admin.project).number == 1
    answer = signed_in.post(address, filled(answer) | {"move": "0-down"})
    faulty = signed_in.post(address, filled(answer) | {"labels-3-hotkey": "s"})
    assert "already does something else" in str(faulty.context["labels"].forms[3].errors)

    signed_in.post(address, filled(answer))

    assert list(labels(admin)) == ["location", "actor", "claim", "event"]


@pytest.mark.parametrize("move", ["0-up", "3-down", "9-up", "-1-up", "x", ""])
def test_a_move_to_nowhere_changes_no_order(signed_in, admin, address, move):
    answer = signed_in.post(address, filled(signed_in.get(address)) | {"move": move})

    order = [form.row.label.key for form in answer.context["labels"].in_order if form.row]
    assert order == ["actor", "location", "event", "claim"]


def test_rules_are_added_changed_and_left_out(signed_in, admin, address):
    data = filled(signed_in.get(address))
    signed_in.post(address, data | {"rules-0-id": "R1", "rules-0-text": "The longest name."})
    assert latest(admin)["rules"] == [{"id": "R1", "text": "The longest name."}]

    data = filled(signed_in.get(address))
    signed_in.post(address, data | {"rules-0-id": "", "rules-0-text": ""})

    assert latest(admin)["rules"] == []


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"labels-0-name": ""}, ("labels", 0, "name"), "This field is required."),
        ({"labels-0-hotkey": "s"}, ("labels", 0, "hotkey"), "already does something else"),
        ({"labels-1-hotkey": "a"}, ("labels", 1, "hotkey"), "Two labels have this hotkey."),
        ({"labels-0-colour": "pink"}, ("labels", 0, "colour"), "Select a valid choice."),
        (
            {"labels-4-name": "Again", "labels-4-key": "actor"},
            ("labels", 4, "key"),
            "Two labels have this key.",
        ),
        ({"labels-4-name": "!!!"}, ("labels", 4, "key"), "letters and digits"),
        ({"labels-4-key": "date"}, ("labels", 4, "name"), "This field is required."),
        ({"labels-0-include": "x" * 2001}, ("labels", 0, "include"), "At most"),
        (
            {"labels-2-links-0-targets": ["nobody"]},
            ("labels", 2, "links"),
            "Select a valid choice.",
        ),
        (
            {"labels-2-links-1-name": "participants"},
            ("labels", 2, "links"),
            "The label has “participants” twice.",
        ),
        ({"rules-0-id": "R1"}, ("rules", 0, "text"), "A rule has both."),
        ({"change": "huge"}, ("head", None, "change"), "Select a valid choice."),
    ],
)
def test_faults_stand_beside_their_fields(signed_in, admin, address, change, field, says):
    answer = signed_in.post(address, filled(signed_in.get(address)) | change)

    part, index, name = field
    form = answer.context[part] if index is None else answer.context[part].forms[index]
    assert answer.status_code == 422
    rows = getattr(form, name, None)
    errors = rows.errors if rows else form.errors[name]
    assert says in str(errors)
    assert says in answer.content.decode()
    assert codebook.current(admin.project).number == 1


def test_the_key_of_a_label_can_not_be_changed(signed_in, admin, address):
    data = filled(signed_in.get(address)) | {"labels-0-key": "person"}

    signed_in.post(address, data)

    assert list(labels(admin)) == ["actor", "location", "event", "claim"]


def test_who_publishes_over_a_newer_version_finds_both_together_in_a_draft(
    signed_in, admin, address
):
    data = filled(signed_in.get(address))
    signed_in.post(address, data | {"labels-0-name": "Person", "labels-1-definition": "Where."})

    answer = signed_in.post(
        address, data | {"labels-0-definition": "Who acts.", "labels-1-name": "Place"}, follow=True
    )

    assert "Nothing is published yet" in answer.content.decode()
    assert (codebook.current(admin.project).number, labels(admin)["actor"]["name"]) == (
        2,
        "Person",
    )
    signed_in.post(address, filled(signed_in.get(address)))
    found = labels(admin)
    assert (found["actor"]["name"], found["actor"]["definition"]) == ("Person", "Who acts.")
    assert (found["location"]["name"], found["location"]["definition"]) == ("Place", "Where.")


def test_a_draft_is_kept_shown_and_published_later(signed_in, admin, address):
    data = filled(signed_in.get(address))
    new = {"labels-4-name": "Legal act", "labels-0-definition": "Who acts.", "note": "First try"}

    signed_in.post(address, data | new | {"save": "draft"})

    assert codebook.current(admin.project).number == 1
    again = signed_in.get(address)
    assert filled(again)["labels-4-key"] == "legal-act"
    assert "new in the draft" in again.content.decode()
    shown = signed_in.get(address.replace("edit", "draft")).content.decode()
    assert "<ins>Who acts.</ins>" in shown
    assert 'data-shape="pentagon"' in shown
    assert "There is a draft" in signed_in.get(address.removesuffix("edit/")).content.decode()
    signed_in.post(address, filled(again))
    assert list(labels(admin)) == ["actor", "location", "event", "claim", "legal-act"]
    assert codebook.current(admin.project).note == "First try"
    assert "There is a draft" not in signed_in.get(address).content.decode()


def test_a_label_that_only_the_draft_has_is_renamed_or_left_out_again(signed_in, admin, address):
    data = filled(signed_in.get(address)) | {"add": "labels"}
    data = filled(signed_in.post(address, data | {"labels-4-name": "Date"}))
    signed_in.post(address, data | {"labels-5-name": "Quote", "save": "draft"})

    kept = filled(signed_in.get(address)) | {"labels-4-key": "day", "labels-5-name": ""}
    answer = signed_in.post(address, kept | {"save": "draft"})
    assert answer.status_code == 422
    signed_in.post(address, kept | {"labels-5-key": "", "save": "draft"})

    found = [label["key"] for label in admin.project.drafts.get(closed_at=None).content["labels"]]
    assert found == ["actor", "location", "event", "claim", "day"]


def test_a_draft_is_discarded(signed_in, admin, address):
    data = filled(signed_in.get(address)) | {"labels-0-name": "Person", "save": "draft"}
    signed_in.post(address, data)

    answer = signed_in.post(address.replace("edit", "draft/discard"), follow=True)

    assert "The draft is discarded" in answer.content.decode()
    assert filled(signed_in.get(address))["labels-0-name"] == "Actor"


def test_a_version_goes_out_as_a_file_and_comes_back_as_a_draft(signed_in, admin, address):
    actions.publish(
        project=admin.project,
        labels=[*latest(admin)["labels"], {"key": "date", "examples": ["on [Monday]"]}],
        rules=[{"id": "R1.10", "text": "no"}],
        by=admin.user,
        at=TUESDAY,
    )
    file = signed_in.get(address.replace("edit/", "2/codebook.yaml"))
    assert file["Content-Disposition"].endswith('-v2.yaml"')
    book = latest(admin)

    changed = file.content.replace(b"Actor", "Täter".encode()).replace(b"key: date", b"key: day")
    answer = send_file(signed_in, address, changed)

    assert answer.redirect_chain[-1][0] == address.replace("edit", "draft")
    assert "<ins>Täter</ins>" in answer.content.decode()
    content = admin.project.drafts.get(closed_at=None).content
    assert [label["retired"] for label in content["labels"]] == [False] * 5 + [True]
    assert content["rules"] == book["rules"]
    assert latest(admin) == book


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "The file is empty."),
        (b"labels:\n  - key: actor\n    colour: [\n", "This is no YAML."),
        (b"labels:\n- key: a\n- key: a\n", "Two labels have this key."),
    ],
)
def test_a_file_that_can_not_be_read_changes_nothing(signed_in, admin, address, raw, says):
    answer = send_file(signed_in, address, raw)

    assert says in answer.content.decode()
    assert not admin.project.drafts.exists()


def send_file(client, address, raw):
    file = SimpleUploadedFile("codebook.yaml", raw)
    return client.post(address.replace("edit", "draft/file"), {"file": file}, follow=True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "1"},
        {"version": "x", "labels-TOTAL_FORMS": "many", "rules-TOTAL_FORMS": "-1"},
        {"version": "99999999999999", "add": "labels", "labels-TOTAL_FORMS": "9" * 30},
    ],
)
def test_a_form_that_no_browser_sends_publishes_nothing(signed_in, admin, address, data):
    answer = signed_in.post(address, data)

    assert answer.status_code in {200, 422}
    assert CodebookVersion.objects.count() == 1


def test_only_admins_find_and_open_the_form(client, admin, address):
    def sees(member):
        client.force_login(member.user)
        read = client.get(address.removesuffix("edit/"))
        return address in read.content.decode(), client.get(address).status_code

    coder = MemberFactory(project=admin.project)

    assert sees(admin) == (True, 200)
    assert sees(coder) == (False, 403)
    assert client.post(address, {}).status_code == 403


@pytest.mark.parametrize("extra", [0, 3])
def test_the_form_takes_the_same_queries_for_four_labels_and_seven(
    signed_in, admin, address, extra, django_assert_num_queries
):
    known = latest(admin)["labels"]
    more = [{"key": f"more{n}", "name": f"More {n}"} for n in range(extra)]
    actions.publish(project=admin.project, labels=known + more, by=admin.user, at=TUESDAY)
    with django_assert_num_queries(8):
        signed_in.get(address)
