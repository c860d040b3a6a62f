"""Sealed secrets: bound to a purpose, unchanged, readable through a change of keys."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms import config
from lms.base import sealed

OLD, NEW = "o" * 32, "n" * 40


@pytest.fixture
def keys(app: Flask, settings: config.Settings) -> Iterator[object]:
    """A function that sets the keys until the end of the test."""
    yield lambda text: app.extensions.update(settings=replace(settings, data_key=text))
    app.extensions["settings"] = settings


def test_what_was_sealed_is_read_for_its_purpose_alone(app: Flask) -> None:
    kept = sealed.seal("rahasia", "totp:1")

    assert (sealed.unseal(kept, "totp:1"), "rahasia" in kept) == ("rahasia", False)
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(kept, "totp:2")


def test_the_same_text_is_sealed_differently_each_time(app: Flask) -> None:
    assert sealed.seal("rahasia", "x") != sealed.seal("rahasia", "x")


def test_a_changed_sign_breaks_the_seal(app: Flask) -> None:
    kept = sealed.seal("rahasia", "x")
    changed = [kept[:place] + ("A" if kept[place] != "A" else "B") + kept[place + 1:] for place in range(len(kept) - 4)]

    for one in changed:
        with pytest.raises(sealed.SealBroken):
            sealed.unseal(one, "x")


@pytest.mark.parametrize("text", ["", ".", "x.", "00000000.AAAA", "é.é", "a.b.c"])
def test_what_never_was_sealed_is_refused(app: Flask, text: str) -> None:
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(text, "x")


def test_a_new_key_in_front_reads_the_old_and_seals_with_the_new(app: Flask, keys) -> None:  # type: ignore[no-untyped-def]
    keys(OLD)
    kept = sealed.seal("rahasia", "x")
    keys(f"{NEW} {OLD}")
    newer = sealed.seal("rahasia", "x")
    both = (sealed.unseal(kept, "x"), sealed.is_newest(kept), sealed.is_newest(newer))
    keys(NEW)

    assert both == ("rahasia", False, True)
    assert sealed.unseal(newer, "x") == "rahasia"
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(kept, "x")


def test_keys_are_long(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(config.SettingsError, match="LMS_DATA_KEY"):
        config.load({"LMS_DATA_KEY": f"{NEW} short"}, instance_dir=tmp_path)


def test_a_key_is_made_once_and_kept_beside_the_database(tmp_path) -> None:  # type: ignore[no-untyped-def]
    first = config.load({}, instance_dir=tmp_path).data_key

    assert config.load({}, instance_dir=tmp_path).data_key == first == (tmp_path / "data-key").read_text("utf-8")
    assert (tmp_path / "data-key").stat().st_mode & 0o077 == 0
