"""Telling people: in the same transaction, once under one key, by the channel they chose."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.events import AccountChanged, LinkMade
from lms.base import clock, jobs, sealed
from lms.base.db import db, publish, transaction
from lms.notifications import merging, service
from lms.notifications.models import Mail, Notice
from lms.notifications.service import To, notify, notify_many
from lms.people.events import PeopleMerged, PersonErased
from lms.people.models import Person
from tests import build
from tests.notifications.post import Postman, reachable

MARKED = {"quiz": "Kuis Contoh", "attempt": 7}


def unread(person_id: int) -> int | None:
    db.session.rollback()
    return db.session.scalar(select(Person.unread_notices).where(Person.id == person_id))


def notices(person_id: int) -> list[tuple[Any, ...]]:
    rows = db.session.execute(select(Notice.kind, Notice.values, Notice.read_at).where(Notice.person_id == person_id).order_by(Notice.id))
    return [tuple(row) for row in rows]


def mails() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(select(Mail.person_id, Mail.kind, Mail.state).order_by(Mail.id))]


def test_a_notice_is_a_row_a_number_at_the_bell_a_mail_and_a_job(app: Flask, postman: Postman) -> None:
    sari = reachable()

    told = notify(sari, "attempt.marked", **MARKED)

    assert (told, notices(sari), unread(sari)) == (True, [("attempt.marked", MARKED, None)], 1)
    assert mails() == [(sari, "attempt.marked", "todo")]
    assert db.session.scalars(select(jobs.Job.kind)).all() == ["mail.send"]


def test_what_is_rolled_back_was_never_told(app: Flask) -> None:
    sari = reachable()

    with pytest.raises(RuntimeError), transaction():
        notify(sari, "attempt.marked", **MARKED)
        raise RuntimeError

    assert (notices(sari), unread(sari), mails()) == ([], 0, [])


def test_I5_under_one_key_a_person_is_told_once(app: Flask) -> None:
    sari = reachable()

    told = [notify(sari, "attempt.marked", key="7", **MARKED) for _ in range(3)]

    assert (told, len(notices(sari)), unread(sari), len(mails())) == ([True, False, False], 1, 1, 1)


def test_I5_two_who_tell_at_once_tell_once(app: Flask) -> None:
    sari = reachable()

    def tell(_number: int) -> bool:
        with app.app_context():
            told = notify(sari, "attempt.marked", key="7", **MARKED)
            db.session.remove()
            return told

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tell, range(8)))

    assert (sorted(told), len(notices(sari)), unread(sari), len(mails())) == ([False] * 7 + [True], 1, 1, 1)


def test_without_a_key_a_person_is_told_each_time(app: Flask) -> None:
    sari = reachable()

    for _ in range(3):
        notify(sari, "attempt.marked", **MARKED)

    assert (unread(sari), len(mails())) == (3, 3)


def test_without_an_address_there_is_a_notice_and_no_mail(app: Flask) -> None:
    sari = build.person()

    notify(sari, "attempt.marked", **MARKED)

    assert (unread(sari), mails()) == (1, [])


def test_a_deactivated_person_is_told_nothing(app: Flask) -> None:
    gone = reachable(active=False)

    assert notify(gone, "account.changed", change="password", where="", at=clock.now()) is False
    assert (notices(gone), mails()) == ([], [])


@pytest.mark.parametrize(("channel", "mailed"), [("now", 1), ("digest", 0), ("off", 0)])
def test_a_mail_goes_as_the_person_chose(app: Flask, channel: Any, mailed: int) -> None:
    sari = reachable()
    service.prefer(sari, {"attempt.marked": channel}, "")

    notify(sari, "attempt.marked", **MARKED)

    assert (len(mails()), unread(sari)) == (mailed, 1)
    assert db.session.scalar(select(Notice.in_digest)) is (channel == "digest")


def test_what_is_mandatory_goes_whatever_was_chosen(app: Flask) -> None:
    sari = reachable()
    service.prefer(sari, {"account.changed": "off", "attempt.marked": "off"}, "")

    notify(sari, "account.changed", change="password", where="", at=clock.now())

    assert mails() == [(sari, "account.changed", "todo")]


def test_values_that_the_kind_does_not_name_are_a_mistake(app: Flask) -> None:
    with pytest.raises(ValueError, match="attempt.marked takes"):
        notify(build.person(), "attempt.marked", quiz="Kuis")


@pytest.mark.parametrize("count", [2, 40])
def test_many_are_told_in_few_statements(app: Flask, postman: Postman, assert_queries: Callable[[int], Any], count: int) -> None:
    people = [reachable(f"Orang {number}", f"orang{number}@example.go.id") for number in range(count)]

    with assert_queries(5):
        told = notify_many("attempt.marked", [To(person_id, MARKED, "7") for person_id in people])

    assert (told, len(mails()), [unread(one) for one in people]) == (count, count, [1] * count)


def test_many_who_get_several_at_once_are_counted_right(app: Flask) -> None:
    sari, budi = build.person("Sari"), build.person("Budi")

    notify_many("attempt.marked", [To(sari, MARKED, "1"), To(budi, MARKED, "1"), To(sari, MARKED, "2"), To(sari, MARKED, "2")])

    assert (unread(sari), unread(budi)) == (2, 1)


def test_more_than_fit_into_one_statement_are_told_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 3)
    people = [build.person(f"Orang {number}") for number in range(10)]

    assert notify_many("attempt.marked", [To(person_id, MARKED) for person_id in people]) == 10
    assert [unread(one) for one in people] == [1] * 10


def test_reading_one_or_all_lowers_the_number(app: Flask) -> None:
    sari, budi = build.person("Sari"), build.person("Budi")
    notify_many("attempt.marked", [To(one, MARKED) for one in (sari, sari, sari, budi)])
    first = db.session.scalars(select(Notice.id).where(Notice.person_id == sari).order_by(Notice.id)).first()

    service.mark_read(sari, first)
    service.mark_read(sari, first)
    after_one = unread(sari)
    service.mark_read(sari)

    assert (after_one, unread(sari), unread(budi)) == (2, 0, 1)


def test_nobody_reads_for_another(app: Flask) -> None:
    sari, rini = build.person("Sari"), build.person("Rini")
    notify(sari, "attempt.marked", **MARKED)
    notice = db.session.scalar(select(Notice.id))

    service.mark_read(rini, notice)

    assert (unread(sari), unread(rini)) == (1, 0)


def test_telling_and_reading_at_once_keep_the_number_right(app: Flask) -> None:
    sari = build.person()

    def act(number: int) -> None:
        with app.app_context():
            if number % 2:
                service.mark_read(sari)
            else:
                notify(sari, "attempt.marked", **MARKED)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(16)))

    open_ones = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.person_id == sari, Notice.read_at.is_(None)))
    assert unread(sari) == open_ones


def test_a_one_time_link_is_mail_only_sealed_and_urgent(app: Flask) -> None:
    sari = reachable()
    link = "https://belajar.example.go.id/reset/abcdef"

    with transaction():
        publish(LinkMade(sari, "reset", link, clock.now() + timedelta(minutes=30)))

    mail = db.session.scalars(select(Mail)).one()
    assert (notices(sari), unread(sari), mail.kind, mail.priority) == ([], 0, "account.reset", 0)
    assert (mail.ends_at - clock.now()) == timedelta(minutes=30)
    assert "abcdef" not in str(mail.values)
    assert sealed.unseal(mail.values["link"], f"mail:{mail.key}") == link


def test_an_address_to_confirm_is_written_to_there_even_if_none_is_recorded(app: Flask) -> None:
    sari = build.person()

    with transaction():
        publish(LinkMade(sari, "email", "https://belajar.example.go.id/x", clock.now() + timedelta(days=1), to="new@example.go.id"))

    assert db.session.execute(select(Mail.kind, Mail.only_to)).all() == [("account.email", "new@example.go.id")]


def test_a_changed_account_is_told_at_the_old_address(app: Flask) -> None:
    sari = reachable(email="new@example.go.id")

    with transaction():
        publish(AccountChanged(sari, "email", where="Firefox, Linux, 10.0.0.1", to="old@example.go.id"))

    assert notices(sari)[0][1] == {"change": "email", "where": "Firefox, Linux, 10.0.0.1", "at": "2026-03-10T02:00:00+00:00"}
    assert db.session.scalars(select(Mail.only_to)).all() == ["old@example.go.id"]


def test_when_two_accounts_become_one_what_was_told_goes_along(app: Flask) -> None:
    kept, gone = reachable("Sari"), reachable("Sari D.", "sd@example.go.id")
    notify_many("attempt.marked", [To(kept, MARKED, "1"), To(gone, MARKED, "1"), To(gone, MARKED, "2")])
    service.prefer(gone, {"attempt.marked": "off"}, "en")

    with transaction():
        merging.on_people_merged(PeopleMerged(kept_id=kept, gone_id=gone))

    assert (unread(kept), unread(gone), len(notices(kept)), notices(gone)) == (2, 0, 2, [])
    assert {person for person, _kind, _state in mails()} == {kept}


def test_of_an_erased_person_nothing_that_she_was_told_stays(app: Flask) -> None:
    sari, budi = reachable("Sari"), reachable("Budi")
    notify_many("attempt.marked", [To(sari, MARKED), To(budi, MARKED)])
    service.prefer(sari, {"attempt.marked": "off"}, "en")

    with transaction():
        service.on_erased(PersonErased(sari))

    assert (notices(sari), unread(sari), [person for person, _kind, _state in mails()], unread(budi)) == ([], 0, [budi], 1)
