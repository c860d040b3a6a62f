"""Settings: from LMS_* environment variables, `*_FILE` variants for secrets, and `settings.env` in the instance folder."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(ValueError):
    """A setting that is missing or cannot be meant; the message says what to write."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Each field is the variable LMS_<NAME IN CAPITALS>."""

    instance_dir: Path
    """Folder of what the program makes: database, keys, issued PDFs, caches."""
    content_dir: Path
    """Folder that holds modules/, quizzes/ and certificates/."""
    database_url: str
    """SQLAlchemy URL; default: SQLite in the instance folder."""
    secret_key: str
    """Signs form tokens; default: made at first start and kept in the instance folder."""
    agency: str = "Pemerintah Kota Pematangsiantar"
    """The agency's name as it stands on pages and certificates."""
    unit: str = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
    """The office that runs the platform and seals the certificates."""
    base_url: str = ""
    """Public address, for example https://belajar.example.go.id; printed on certificates, which are not issued while it is unset."""
    language: str = "id"
    """Default language of pages: id or en."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8000
    """Port to listen on."""
    workers: int = 2
    """Server processes."""
    demo: bool = False
    """Whether this is the demo city; shows the demo's sign-ins."""
    trusted_proxies: int = 0
    """Number of reverse proxies in front whose X-Forwarded-For is believed."""
    session_hours: int = 12
    """Hours after which a sign-in ends, used or not."""
    idle_minutes: int = 120
    """Minutes without a page after which a sign-in ends."""
    signing_pkcs12: str = ""
    """Path of a PKCS#12 file with the agency's key and certificate; default: a key made at first start."""
    signing_passphrase: str = ""
    """Passphrase of that file."""

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS, so that cookies may be Secure."""
        return self.base_url.startswith("https://")

    @property
    def cache_dir(self) -> Path:
        """Rendered pages and pictures; may be thrown away."""
        return self.instance_dir / "cache"


def load(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Settings from keyword arguments, else the environment, else settings.env, else defaults. Raises SettingsError."""
    environ = dict(os.environ if environ is None else environ)
    instance = Path(str(given.get("instance_dir") or environ.get("LMS_INSTANCE_DIR") or "instance")).absolute()
    instance.mkdir(parents=True, exist_ok=True)
    found = {**read_file(instance / "settings.env"), **environ}
    values: dict[str, object] = {
        "instance_dir": instance,
        "content_dir": Path(found.get("LMS_CONTENT_DIR") or Path.cwd()).absolute(),
        "database_url": f"sqlite:///{instance / 'lms.db'}",
    }
    for field in fields(Settings):
        text = _lookup(field.name, found)
        if text is not None and field.name not in {"instance_dir", "content_dir"}:
            values[field.name] = _typed(field.name, str(field.type), text)
    values.update({name: value for name, value in given.items() if value is not None})
    values.setdefault("secret_key", kept_secret(instance / "secret-key"))
    values["instance_dir"] = Path(str(values["instance_dir"])).absolute()
    values["content_dir"] = Path(str(values["content_dir"])).absolute()
    return _checked(Settings(**values))  # type: ignore[arg-type]


def read_file(path: Path) -> dict[str, str]:
    """Lines NAME=value of a settings file; an empty mapping if there is no such file."""
    if not path.exists():
        return {}
    lines = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}


def kept_secret(path: Path) -> str:
    """The secret kept in a file, made at the first call; two processes that start together agree on one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _wait_for(path)
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def _wait_for(path: Path) -> str:
    for _ in range(10_000):
        if text := path.read_text("utf-8").strip():
            return text
    raise SettingsError(f"{path} is empty: delete it, and a new secret is made at the next start")


def _lookup(name: str, found: Mapping[str, str]) -> str | None:
    variable = f"LMS_{name.upper()}"
    if path := found.get(f"{variable}_FILE"):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{variable}_FILE: {path} cannot be read ({error.strerror})") from None
    return found.get(variable) or None


def _typed(name: str, kind: str, text: str) -> object:
    if "int" in kind:
        if not text.isdigit():
            raise SettingsError(f"LMS_{name.upper()}: {text!r} is no whole number")
        return int(text)
    if "bool" in kind:
        return text.lower() in {"1", "true", "yes", "on", "ya"}
    return text.rstrip("/") if name == "base_url" else text


def _checked(settings: Settings) -> Settings:
    if settings.language not in {"id", "en"}:
        raise SettingsError(f"LMS_LANGUAGE: {settings.language!r} is neither id nor en")
    address = urlsplit(settings.base_url)
    if settings.base_url and (address.scheme not in {"http", "https"} or not address.netloc or address.query):
        raise SettingsError(f"LMS_BASE_URL: write the whole address, for example https://belajar.example.go.id, not {settings.base_url!r}")
    if len(settings.secret_key) < 32:
        raise SettingsError("LMS_SECRET_KEY: at least 32 characters are needed")
    return settings
