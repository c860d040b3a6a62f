"""Settings: from LMS_* environment variables, `*_FILE` variants for secrets, and `settings.env` in the instance folder."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class SettingsError(ValueError):
    """A setting that is missing or cannot be meant; the message says what to write."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Each field is the variable LMS_<NAME IN CAPITALS>."""

    instance_dir: Path
    """Folder of what the program makes: database, keys, issued PDFs, caches."""
    content_dir: Path
    """Folder that holds modules/, quizzes/ and certificates/."""
    database_url: str = field(repr=False)
    """SQLAlchemy URL; default: SQLite in the instance folder."""
    secret_key: str = field(repr=False)
    """Signs form tokens; default: made at first start and kept in the instance folder."""
    audit_key: str = field(repr=False)
    """Seals the audit log; default: made at first start and kept in the instance folder. Without it the log cannot be verified."""
    data_key: str = field(repr=False)
    """Encrypts secrets in the database; several, apart by spaces, newest first; default: made at first start and kept like the other."""
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
    redis_url: str = field(default="", repr=False)
    """Where tries are counted, for example redis://127.0.0.1:6379/0; default: in the database."""
    trusted_proxies: int = 0
    """Number of reverse proxies in front whose X-Forwarded-For is believed."""
    session_hours: int = 12
    """Hours after which a sign-in ends, used or not."""
    idle_minutes: int = 120
    """Minutes without a page after which a learner's sign-in ends."""
    office_idle_minutes: int = 30
    """The same for those who hold a role and may see what is other people's."""
    second_factor_for: str = "admin, supervisor"
    """Roles that need a second factor to sign in, apart by commas; none for nobody, which is the default of the demo."""
    signing_pkcs12: str = ""
    """Path of a PKCS#12 file with the agency's key and certificate; default: a key made at first start."""
    signing_passphrase: str = field(default="", repr=False)
    """Passphrase of that file."""
    smtp_host: str = ""
    """Mail server; while it is unset no mail is sent, and people are told only on their page of notices."""
    smtp_port: int = 587
    """Its port: usually 587 for starttls, 465 for tls, 25 for none."""
    smtp_user: str = ""
    """Name to sign in with at the mail server, if it wants one."""
    smtp_password: str = field(default="", repr=False)
    """Password for that name."""
    smtp_security: str = "starttls"
    """How the connection is protected: starttls, tls or none."""
    mail_from: str = ""
    """Address that mail comes from, for example belajar@example.go.id."""
    mail_per_minute: int = 60
    """Most mails sent in a minute, because mail servers have limits; 0 for as many as it takes."""
    digest_hour: int = 7
    """Hour of the office's clock at which the daily digest is made, 0 to 23."""
    shortest_password: int = 12
    """Fewest characters of a new password, 8 or more."""
    breached_passwords: str = ""
    """Path of the file "Pwned Passwords, SHA-1, ordered by hash", in which new passwords may not stand."""
    oidc_issuer: str = ""
    """Issuer of an OpenID Connect provider with which people may sign in, for example https://sso.example.go.id/realms/asn."""
    oidc_client_id: str = ""
    """What the provider calls this installation."""
    oidc_client_secret: str = field(default="", repr=False)
    """The secret that the provider gave for it."""
    oidc_label: str = "SSO"
    """The provider's name on the sign-in button."""
    oidc_nip_claim: str = "nip"
    """The claim that holds the NIP."""
    oidc_second_factor: str = ""
    """Values of acr or amr, with commas between, by which the provider says that it asked for a second factor."""
    oidc_only: bool = False
    """Whether the sign-in page offers the provider alone; /login?local=1 still takes a password."""

    privacy_contact: str = ""
    """Whom people ask about their personal data, as it stands in the notice: a mail address, or an office with its telephone."""
    retention_notices: int = 12
    """Months after which read notices and mail that was sent are deleted; 0 for never, as with the others below."""
    retention_readings: int = 24
    """Months for which is kept who looked at whose data, 12 or more."""
    retention_study_days: int = 60
    """Months for which days and minutes of study are kept."""
    retention_answers: int = 120
    """Months after handing in for which answers in quizzes are kept; results are never deleted."""
    retention_people: int = 0
    """Months after which the records of people who left without a certificate lose their names for good."""

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS, so that cookies may be Secure."""
        return self.base_url.startswith("https://")

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that need a second factor."""
        return frozenset(self.second_factor_for.replace(",", " ").split()) - {"none"}

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
    for one in fields(Settings):
        text = _lookup(one.name, found)
        if text is not None and one.name not in {"instance_dir", "content_dir"}:
            values[one.name] = _typed(one.name, str(one.type), text)
    values.update({name: value for name, value in given.items() if value is not None})
    values.setdefault("secret_key", kept_secret(instance / "secret-key"))
    values.setdefault("audit_key", kept_secret(instance / "audit-key"))
    values.setdefault("data_key", kept_secret(instance / "data-key"))
    if values.get("demo"):
        values.setdefault("second_factor_for", "none")
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
    _check_mail(settings)
    for name in ("secret_key", "audit_key"):
        if len(getattr(settings, name)) < 32:
            raise SettingsError(f"LMS_{name.upper()}: at least 32 characters are needed")
    if 0 < settings.retention_readings < 12:
        raise SettingsError("LMS_RETENTION_READINGS: at least 12 months, or 0 for ever")
    _check_passwords(settings)
    _check_provider(settings)
    if not settings.data_key.split() or any(len(key) < 32 for key in settings.data_key.split()):
        raise SettingsError("LMS_DATA_KEY: each key needs at least 32 characters")
    return settings


def _check_passwords(settings: Settings) -> None:
    if not 8 <= settings.shortest_password <= 64:
        raise SettingsError("LMS_SHORTEST_PASSWORD: a number from 8 to 64 is needed")
    if settings.breached_passwords and not os.access(settings.breached_passwords, os.R_OK):
        raise SettingsError(f"LMS_BREACHED_PASSWORDS: {settings.breached_passwords} cannot be read")


def _check_provider(settings: Settings) -> None:
    if not settings.oidc_issuer:
        if settings.oidc_client_id or settings.oidc_client_secret or settings.oidc_only:
            raise SettingsError("LMS_OIDC_ISSUER: the other LMS_OIDC_ settings need it; for Keycloak https://<host>/realms/<realm>")
        return
    if not is_provider_address(settings.oidc_issuer):
        raise SettingsError(
            f"LMS_OIDC_ISSUER: {settings.oidc_issuer!r} must be an https address with a host name, without a question mark or #; "
            "http is for localhost alone")
    if not settings.oidc_client_id or not settings.base_url:
        raise SettingsError("LMS_OIDC_ISSUER: LMS_OIDC_CLIENT_ID and LMS_BASE_URL are needed too")


def is_provider_address(address: str) -> bool:
    """Whether we may talk to a provider at this address: https to a host that has a name, or http to this machine in a test.

    A number in place of a name is refused in all its spellings (127.1, 0x7f.1, 2130706433): certificates are made out to names.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not address.isprintable() or " " in address or "\\" in address or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    if parts.scheme == "http":
        return host in {"localhost", "127.0.0.1", "::1"}
    named = "." in host.strip(".") and host.rstrip(".").rpartition(".")[2].isalpha()
    return parts.scheme == "https" and (named or host == "localhost")


def _check_mail(settings: Settings) -> None:
    if settings.smtp_security not in {"starttls", "tls", "none"}:
        raise SettingsError(f"LMS_SMTP_SECURITY: {settings.smtp_security!r} is none of starttls, tls and none")
    if not 0 <= settings.digest_hour <= 23:
        raise SettingsError(f"LMS_DIGEST_HOUR: {settings.digest_hour} is no hour from 0 to 23")
    if settings.smtp_host and not MAIL_ADDRESS.fullmatch(settings.mail_from):
        raise SettingsError(f"LMS_MAIL_FROM: {settings.mail_from!r} is no address; mail needs one, for example belajar@example.go.id")
    if settings.smtp_host and not settings.base_url:
        raise SettingsError("LMS_BASE_URL: the links in mail need it; write the whole address, for example https://belajar.example.go.id")
