"""A person about whom every table holds something, and things that must never be seen outside."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from lms.accounts.models import ActivationCode, Authenticator, OneTimeLink, Passkey, ProviderAccount, RecoveryCode, SignIn
from lms.assessment.models import ExtraAttempt
from lms.base import clock
from lms.base.audit import record
from lms.base.db import db, transaction
from lms.base.readings import Reading
from lms.learning import service as learning
from lms.notifications.models import Mail, MailLanguage, Notice, Preference
from lms.people import grants
from lms.people.models import Person
from lms.privacy.models import PrivacyRequest
from lms.rosters.models import ImportFile
from lms.seminars import attending, calendars
from lms.seminars import service as registering
from tests import build
from tests.assessment import build as quizzes
from tests.seminars import build as seminars

NAME, NIP, EMAIL = "Rosdiana Purba", "198703122010012345", "rosdiana.purba@contoh.go.id"
ESSAY = "Warga mengeluh kepada Rosdiana tentang berkas."
ADDRESS, BROWSER = "203.0.113.77", "Rosdiana-Browser/9"
# What stands for a secret in the tables below; none may ever be handed out.
SECRETS = tuple(f"rahasia-{name}" for name in (
    "password-hash", "sign-in-hash", "code-hash", "totp-secret", "recovery-hash", "public-key", "credential-id", "user-handle",
    "link-hash", "link-fingerprint", "mail-link", "import-token",
))


@dataclass(frozen=True)
class Filled:
    """The person and the two officers."""

    id: int
    agus: int
    tiur: int
    unit: int


@pytest.fixture
def filled(app: Flask) -> Callable[[], Filled]:
    """A function that makes her."""
    library = app.extensions["library"]
    before = library.current

    def make(*, active: bool = False) -> Filled:
        unit = build.unit("Dinas Perhubungan")
        agus, tiur = (build.person(name, role="admin") for name in ("Agus Saragih", "Tiur Manurung"))
        rosdiana = build.person(NAME, nip=NIP, unit_id=unit, position="Juru Parkir Rosdiana", active=True)
        _studied(app, rosdiana)
        _at_a_seminar(rosdiana, agus)
        fill(rosdiana, agus, active=active)
        return Filled(rosdiana, agus, tiur, unit)

    yield make  # type: ignore[misc]
    library.current = before


def _studied(app: Flask, person: int) -> None:
    enrolment = learning.enrol(person, "sapa")
    for lesson in ("menyapa", "menyimak"):
        learning.open_lesson(person, "sapa", lesson)
        learning.finish_lesson(person, "sapa", lesson)
    learning.pass_final_quiz(enrolment.id, Decimal(85))
    library = app.extensions["library"]
    essay = quizzes.quiz(quizzes.ESSAY, id="kuis", attempts=5)
    library.current = replace(library.current, modules={**library.current.modules, "modul": quizzes.module()},
                              quizzes={**library.current.quizzes, "kuis": essay})
    quizzes.studied(person)


def _at_a_seminar(person: int, officer: int) -> None:
    unit = db.session.get_one(Person, person).unit_id
    event = seminars.seminar("etika-asn", seminars.slot(materials=(("Paparan", "https://example.go.id/p"),)), unit_ids=(unit,))
    registering.register(event, person)
    with clock.stopped(seminars.at(8)):
        attending.note(event, seminars.sessions("etika-asn")[0], {person: "late"}, by=officer)
    with clock.stopped(seminars.at(8, day=seminars.DAY - timedelta(days=1))):
        registering.cancel(event, person, reason="Anak Rosdiana sakit.")
    calendars.make_feed(person)


def fill(person: int, officer: int, *, active: bool) -> None:
    """Put a row with her name, or with a secret, into every table that holds something about people."""
    now = clock.now()
    later = now + timedelta(hours=1)
    with transaction():
        row = db.session.get_one(Person, person)
        row.email, row.password_hash, row.active = EMAIL, "rahasia-password-hash", active
        row.left_on = None if active else clock.today() - timedelta(days=800)
        grants.add(person, "supervisor", unit_id=row.unit_id, reason="Karena Rosdiana")
        db.session.add_all([
            SignIn(token_hash="rahasia-sign-in-hash", person_id=person, created_at=now, seen_at=now, proved_at=now, address=ADDRESS, browser=BROWSER),
            ActivationCode(person_id=person, code_hash="rahasia-code-hash", created_at=now, expires_at=later),
            Authenticator(person_id=person, secret="rahasia-totp-secret", last_step=1, created_at=now),
            RecoveryCode(person_id=person, code_hash="rahasia-recovery-hash", created_at=now),
            Passkey(person_id=person, name="Telepon Rosdiana", credential_id="rahasia-credential-id", public_key="rahasia-public-key",
                    user_handle="rahasia-user-handle", sign_count=0, created_at=now),
            OneTimeLink(token_hash="rahasia-link-hash", person_id=person, purpose="reset", fingerprint="rahasia-link-fingerprint",
                        created_at=now, expires_at=later),
            ProviderAccount(issuer="https://sso.contoh.go.id", subject="rosdiana-di-sso", person_id=person, linked_at=now),
            Notice(person_id=person, kind="certificate.issued", key="a", values={"module": "Sapa", "number": "1", "serial": "S"}, created_at=now),
            Mail(person_id=person, key="m", kind="account.reset", values={"link": "rahasia-mail-link", "until": now.isoformat()}, address=EMAIL,
                 message_id="<1@contoh>", created_at=now, next_at=now, ends_at=later, state="sent"),
            Preference(person_id=person, kind="quiz.closing", channel="off"), MailLanguage(person_id=person, language="en"),
            ImportFile(token="rahasia-import-token", person_id=person, kind="people", name="daftar-rosdiana.csv", sha256="0" * 64, size=10,
                       created_at=now),
            Reading(reader_id=person, what="team", scope="/", day=clock.today(), at=now, address=ADDRESS),
            Reading(reader_id=officer, what="person", about_id=person, scope=f"person:{person}", day=clock.today(), at=now),
            ExtraAttempt(enrolment_id=learning_enrolment(person), quiz_id="kuis", given_by=officer, reason="Rosdiana sakit", given_at=now),
            PrivacyRequest(person_id=person, kind="correction", field="name", present="Rosdiana", wanted=NAME, reason="Salah eja Rosdiana",
                           made_at=now, due_at=later, state="refused", answer="Tidak, Bu Rosdiana", decided_at=now),
        ])
        record("person.changed", f"person:{person}", about=person, detail={"name": ["Rosdiana", NAME], "email": [None, EMAIL]})
        record("password.changed", f"person:{person}", about=person, actor=person)


def learning_enrolment(person: int) -> int:
    """The id of her first enrolment."""
    from lms.learning.models import Enrolment

    return db.session.query(Enrolment.id).filter_by(person_id=person).order_by(Enrolment.id).limit(1).scalar()  # type: ignore[no-any-return]
