"""Secrets are looked up where they are used; settings hold their place only."""

from pathlib import Path

import pytest

from cskit.errors import SettingsError
from cskit.params import resolve, settings_with
from cskit.secrets import resolved, without_secrets


def test_a_secret_is_found_at_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("BUCKET_SECRET", "s3cr3t")
    (tmp_path / "key").write_text("k3y\n", encoding="utf-8")
    assert resolved("x", "env:BUCKET_SECRET") == "s3cr3t"
    assert resolved("x", f"file:{tmp_path / 'key'}") == "k3y"
    assert resolved("x", "eu-west-1") == "eu-west-1" and resolved("x", 3) == 3
    assert without_secrets("denied: s3cr3t / k3y") == "denied: *** / ***"


def test_an_empty_place_is_named_and_what_is_not_there_not_guessed(tmp_path: Path):
    with pytest.raises(SettingsError, match="the environment has no NO_SUCH_NAME"):
        resolved("output.options.secret", "env:NO_SUCH_NAME")
    with pytest.raises(SettingsError, match="cannot be read"):
        resolved("output.options.secret", f"file:{tmp_path / 'none'}")


@pytest.mark.parametrize(
    "output",
    [
        {"options": {"secret": "hunter2"}},
        {"options": {"aws_secret_access_key": "hunter2"}},
        {"options": {"password": "hunter2"}},
        {"options": {"key": "hunter2"}},
        {"to": "ftp://me:hunter2@example.com/reports"},
    ],
)
def test_a_secret_in_the_settings_is_refused_and_not_repeated(output: dict):
    with pytest.raises(SettingsError, match="Name its place: env:NAME or file:PATH") as told:
        settings_with({"output": output})
    assert "hunter2" not in str(told.value)


def test_neither_is_one_in_the_place_of_the_data(root: Path):
    with pytest.raises(SettingsError, match="data: a secret must not stand here") as told:
        resolve({"period": "2023Q2", "data": "postgresql://me:hunter2@db/crm"}, root=root)
    assert "hunter2" not in str(told.value)


def test_what_is_no_secret_may_stand_there():
    options = {"endpoint_url": "https://store.example.com", "anon": False, "secret": "env:BUCKET_SECRET"}
    assert settings_with({"output": {"to": "s3://bucket/reports", "options": options}}).output.options == options
