"""Settings from the environment, from files, from the instance folder."""

import stat
from pathlib import Path

import pytest

from lms import config
from lms.config import SettingsError

SECRET = "s" * 40


def load(folder: Path, **environ: str) -> config.Settings:
    return config.load({"LMS_SECRET_KEY": SECRET, **environ}, instance_dir=folder)


def test_without_settings_there_are_defaults_in_the_instance_folder(tmp_path: Path) -> None:
    settings = config.load({}, instance_dir=tmp_path)

    assert (settings.database_url, settings.language, settings.port) == (f"sqlite:///{tmp_path / 'lms.db'}", "id", 8000)
    assert (settings.secure, settings.cache_dir) == (False, tmp_path / "cache")


def test_the_environment_wins_over_the_file_and_what_is_given_over_both(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("# settings\nLMS_PORT = 1\nLMS_WORKERS=3\nLMS_AGENCY=Kota = Kita\n", "utf-8")

    settings = config.load({"LMS_SECRET_KEY": SECRET, "LMS_PORT": "2", "LMS_HOST": "::"}, instance_dir=tmp_path, host="127.0.0.2")

    assert (settings.port, settings.workers, settings.agency, settings.host) == (2, 3, "Kota = Kita", "127.0.0.2")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("k" * 40 + "\n", "utf-8")

    settings = config.load({"LMS_SECRET_KEY_FILE": str(tmp_path / "secret")}, instance_dir=tmp_path)

    assert settings.secret_key == "k" * 40


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = config.load({}, instance_dir=tmp_path), config.load({}, instance_dir=tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("true", True), ("YA", True), ("0", False), ("no", False), ("", False)])
def test_yes_and_no_may_be_written_in_several_ways(tmp_path: Path, text: str, expected: bool) -> None:
    assert load(tmp_path, LMS_DEMO=text).demo is expected


def test_an_address_over_tls_makes_cookies_secure(tmp_path: Path) -> None:
    settings = load(tmp_path, LMS_BASE_URL="https://belajar.example.go.id/")

    assert (settings.base_url, settings.secure) == ("https://belajar.example.go.id", True)


@pytest.mark.parametrize(("environ", "said"), [
    ({"LMS_PORT": "eighty"}, "LMS_PORT: 'eighty' is no whole number"),
    ({"LMS_LANGUAGE": "nl"}, "LMS_LANGUAGE: 'nl' is neither id nor en"),
    ({"LMS_BASE_URL": "belajar.example.go.id"}, "LMS_BASE_URL: write the whole address, for example https://belajar.example.go.id, "
                                                "not 'belajar.example.go.id'"),
    ({"LMS_SECRET_KEY": "short"}, "LMS_SECRET_KEY: at least 32 characters are needed"),
    ({"LMS_SECRET_KEY_FILE": "/nowhere"}, "LMS_SECRET_KEY_FILE: /nowhere cannot be read (No such file or directory)"),
])
def test_a_setting_that_cannot_be_meant_says_what_to_write(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **environ)

    assert str(caught.value) == said
