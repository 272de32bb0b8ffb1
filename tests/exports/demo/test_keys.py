import json

import pytest

from exports.demo.keys import Keys


def test_what_is_saved_is_read_back(tmp_path):
    keys = Keys.read(tmp_path / "demo.json")
    password = keys.password("vera")
    keys.users["vera"]["token"] = "wbt_1"

    saved = keys.save(url="http://somewhere")

    assert saved == json.loads((tmp_path / "demo.json").read_text())
    assert saved == {
        "url": "http://somewhere",
        "users": {"vera": {"password": password, "token": "wbt_1"}},
    }
    again = Keys.read(tmp_path / "demo.json")
    assert (again.password("vera"), again.token("vera")) == (password, "wbt_1")


def test_only_the_owner_may_read_the_file_whoever_could_before(tmp_path):
    path = tmp_path / "demo.json"
    path.write_text("{}")
    path.chmod(0o644)

    Keys.read(path).save(url="http://somewhere")

    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["demo.json"]


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"users": 3}', '{"users": {"vera": 3}}'])
def test_a_damaged_file_is_as_none(tmp_path, damage):
    path = tmp_path / "demo.json"
    path.write_text(damage)

    assert Keys.read(path).users == {}


def test_passwords_are_made_up_once_and_not_alike(tmp_path):
    keys = Keys.read(tmp_path / "demo.json")

    assert keys.password("vera") == keys.password("vera")
    assert keys.password("vera") != keys.password("otto")
    assert len(keys.password("vera")) >= 16
