"""Sending through a real mail server that is down, slow, refuses, puts off, or takes a mail and hangs up."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.base import clock, jobs
from lms.base.db import db, transaction
from lms.notifications import outbox, sending, service, smtp
from lms.notifications.models import Mail, MailServer
from lms.notifications.service import notify
from lms.people.models import Person
from tests.notifications.conftest import Configure
from tests.notifications.post import STEPS, Postman, authenticator, reachable, serving, text_of, tls

pytestmark = pytest.mark.usefixtures("public")
MARKED: Mapping[str, Any] = {"quiz": "Kuis Contoh", "attempt": 7}


def told(name: str = "Sari Damanik", email: str = "sari@example.go.id") -> int:
    """A person for whom one mail waits."""
    person_id = reachable(name, email)
    notify(person_id, "attempt.marked", **MARKED)
    return person_id


def mail() -> Mail:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Mail)).one()


def state() -> tuple[str, int, str | None, str | None]:
    row = mail()
    return row.state, row.attempts, row.reason, row.error


def wait(**step: float) -> None:
    clock.advance(timedelta(**step))


def test_a_mail_arrives_with_its_whole_text_in_the_language_of_the_reader(app: Flask, postman: Postman) -> None:
    sari = reachable()
    service.prefer(sari, {}, "en")
    notify(sari, "attempt.marked", **MARKED)

    count = sending.send_due()

    [letter] = postman.letters()
    assert (count, postman.recipients, letter["Subject"], letter["Message-ID"]) == (
        1, ["sari@example.go.id"], "Marked: Kuis Contoh", f"<{mail().message_id}>")
    assert str(letter["From"]) == "Simpul Belajar Pemerintah Kota Contoh <belajar@example.go.id>"
    assert str(letter["To"]) == "Sari Damanik <sari@example.go.id>"
    assert str(letter["List-Unsubscribe"]) == "<https://belajar.example.go.id/notices/preferences>"
    assert text_of(letter) == """Dear Sari Damanik,

A trainer has marked your answers in Kuis Contoh. The result and the comments are on its page.

See the result:
https://belajar.example.go.id/attempts/7/review/

--\x20
Simpul Belajar · BKPSDM Kota Contoh, Pemerintah Kota Contoh
This mail was sent by a program; nobody reads answers to it.

Choose what you are mailed:
https://belajar.example.go.id/notices/preferences
"""
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert state() == ("sent", 1, None, None)
    assert mail().sent_at == clock.now()


def test_a_sent_mail_is_not_sent_again(app: Flask, postman: Postman) -> None:
    told()

    counts = [sending.send_due() for _ in range(3)]

    assert (counts, len(postman.got)) == ([1, 0, 0], 1)


def test_several_mails_go_over_one_connection(app: Flask, postman: Postman) -> None:
    for number in range(5):
        told(f"Orang {number}", f"orang{number}@example.go.id")

    sending.send_due()

    assert (len(postman.got), postman.connections) == (5, 1)


def test_a_connection_that_the_server_ends_is_opened_anew(app: Flask, postman: Postman) -> None:
    for number in range(3):
        told(f"Orang {number}", f"orang{number}@example.go.id")
    postman.answers["MAIL"] = ["250 OK", "421 too many mails on one connection"]

    sending.send_due()

    assert (len(postman.got), postman.connections) == (3, 2)


def test_lines_that_begin_with_a_dot_arrive(app: Flask, postman: Postman) -> None:
    connection = smtp.Connection(app.extensions["settings"])

    outcome = connection.send("sari@example.go.id", b".one\r\n..two\r\n.\r\nend")
    connection.close()

    assert (outcome.what, postman.got) == ("sent", [b".one\r\n..two\r\n.\r\nend\r\n"])


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted, try again in five minutes", "452 full"])
def test_f26_a_mail_that_is_put_off_waits_longer_each_time_and_then_arrives(app: Flask, postman: Postman, answer: str) -> None:
    told()
    postman.answers["RCPT"] = [answer, answer]
    waits = []
    for _ in range(2):
        sending.send_due()
        waits.append((mail().next_at - clock.now()).total_seconds() / 60)
        clock.advance(mail().next_at - clock.now())

    sending.send_due()

    assert 0.8 <= waits[0] <= 1.2
    assert 4 <= waits[1] <= 6
    assert (len(postman.got), state()) == (1, ("sent", 3, None, None))


def test_f26_a_mail_that_is_put_off_does_not_hold_up_the_others(app: Flask, postman: Postman) -> None:
    told("Sari", "sari@example.go.id")
    told("Budi", "budi@example.go.id")
    postman.answers["RCPT"] = ["451 greylisted"]

    sending.send_due()

    assert postman.recipients == ["budi@example.go.id"]


def test_f26_before_its_time_a_mail_is_not_tried(app: Flask, postman: Postman) -> None:
    told()
    postman.answers["RCPT"] = ["451 greylisted"]
    sending.send_due()
    wait(seconds=30)

    assert (sending.send_due(), postman.got) == (0, [])


def test_f26_after_eight_tries_a_mail_rests_as_dead(app: Flask, postman: Postman, monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    postman.answers["RCPT"] = ["451 greylisted"] * 20
    for _ in range(12):
        sending.send_due()
        wait(hours=7)

    assert state() == ("dead", 8, "too-many-tries", "451 greylisted")


def test_f26_an_address_that_is_refused_is_dead_at_once(app: Flask, postman: Postman) -> None:
    told()
    postman.answers["RCPT"] = ["550 5.1.1 No such user here"]

    sending.send_due()

    assert state() == ("dead", 1, "refused", "550 5.1.1 No such user here")


def test_f26_content_that_is_refused_is_dead_at_once(app: Flask, postman: Postman) -> None:
    told()
    postman.answers["DATA"] = ["554 5.7.1 looks like spam"]

    sending.send_due()

    assert state() == ("dead", 1, "refused", "554 5.7.1 looks like spam")


def test_f26_while_the_server_is_down_all_mail_waits_untouched_and_then_goes(app: Flask, postman: Postman, configure: Configure) -> None:
    port = app.extensions["settings"].smtp_port
    told("Sari", "sari@example.go.id")
    told("Budi", "budi@example.go.id")
    configure(smtp_port=1)
    sending.send_due()
    trouble = db.session.execute(select(MailServer.reason, MailServer.failures, MailServer.retry_at)).one()
    waiting = db.session.execute(select(Mail.state, Mail.attempts)).all()
    configure(smtp_port=port)
    early = sending.send_due()
    wait(minutes=1, seconds=1)

    count = sending.send_due()

    assert trouble == ("server-away", 1, clock.now() - timedelta(seconds=1))
    assert (waiting, early, count, len(postman.got)) == ([("todo", 0), ("todo", 0)], 0, 2, 2)
    assert db.session.scalars(select(MailServer)).all() == []


def test_f26_a_server_that_stays_away_is_asked_less_often(app: Flask, postman: Postman, configure: Configure) -> None:
    told()
    configure(smtp_port=1)
    tries = 0
    for _ in range(60):
        before = db.session.scalar(select(MailServer.failures)) or 0
        sending.send_due()
        tries += (db.session.scalar(select(MailServer.failures)) or 0) > before
        wait(minutes=1)

    assert 7 <= tries <= 9
    assert state() == ("todo", 0, None, None)


def test_f26_a_name_that_is_no_server_is_a_server_that_is_away(app: Flask, postman: Postman, configure: Configure) -> None:
    told()
    configure(smtp_host="mail.invalid")

    sending.send_due()

    assert db.session.scalars(select(MailServer.reason)).all() == ["server-away"]


def test_f26_a_server_that_dawdles_is_left_after_the_time_of_a_step(
    app: Flask, postman: Postman, monkeypatch: pytest.MonkeyPatch,
) -> None:
    told()
    monkeypatch.setattr(smtp, "TIMEOUT", 0.1)
    postman.answers["DATA"] = ["dawdle"]

    sending.send_due()

    assert state()[:3] == ("todo", 1, "put-off")
    assert mail().doubtful is True


def test_f26_a_sender_that_the_server_refuses_stops_the_queue_and_kills_no_mail(app: Flask, postman: Postman) -> None:
    told()
    postman.answers["MAIL"] = ["550 5.7.1 sender not allowed"]

    sending.send_due()

    assert state() == ("todo", 0, None, None)
    assert db.session.execute(select(MailServer.reason, MailServer.error)).all() == [("server-refuses", "550 5.7.1 sender not allowed")]


@pytest.mark.parametrize("step", STEPS)
def test_f24_f26_a_server_killed_at_any_step_loses_no_mail_and_sends_none_twice(app: Flask, postman: Postman, step: str) -> None:
    told()
    postman.answers[step] = ["hang up"]
    sending.send_due()
    wait(minutes=2)

    sending.send_due()

    assert (len(postman.got), state()[0]) == (1, "sent")


def test_f26_a_mail_taken_by_a_server_that_hangs_up_is_sent_once_more_under_the_same_id_and_no_oftener(app: Flask, postman: Postman) -> None:
    told()
    postman.answers["DATA"] = ["take and hang up"] * 9
    for _ in range(9):
        sending.send_due()
        wait(hours=7)

    letters = postman.letters()
    assert [letter["Message-ID"] for letter in letters] == [f"<{mail().message_id}>"] * 2
    assert state()[:3] == ("dead", 2, "not-confirmed")


def test_f24_a_worker_killed_before_it_wrote_to_the_server_sends_later_and_once(app: Flask, postman: Postman) -> None:
    told()
    claimed = sending._claim(app.extensions["settings"])  # and then it is killed
    meanwhile = sending.send_due()
    wait(minutes=6)

    count = sending.send_due()

    assert (claimed is not None, meanwhile, count, len(postman.got), state()[0]) == (True, 0, 1, 1, "sent")


def test_f24_a_worker_killed_after_the_server_took_the_mail_sends_it_once_more_under_the_same_id(app: Flask, postman: Postman) -> None:
    told()
    settings = app.extensions["settings"]
    claimed = sending._claim(settings)
    assert claimed is not None
    connection = smtp.Connection(settings)
    sending._deliver(connection, claimed)
    connection.close()  # and then it is killed
    wait(minutes=6)
    sending.send_due()
    wait(minutes=6)
    sending.send_due()

    assert [letter["Message-ID"] for letter in postman.letters()] == [f"<{mail().message_id}>"] * 2
    assert state() == ("sent", 2, None, None)


def test_f24_a_worker_thought_dead_does_not_settle_the_mail_of_its_heir(app: Flask, postman: Postman) -> None:
    told()
    settings = app.extensions["settings"]
    slow = sending._claim(settings)
    assert slow is not None
    wait(minutes=6)
    sending.send_due()

    with transaction():
        sending._settle(slow, smtp.Outcome("never", "550 too late"))

    assert state() == ("sent", 2, None, None)


def test_f25_a_mail_that_kills_its_worker_rests_as_dead_and_lets_others_through(app: Flask, postman: Postman) -> None:
    told("Poison", "poison@example.go.id")
    for _ in range(2):
        sending._claim(app.extensions["settings"])  # and then the worker dies of it
        wait(minutes=6)
    told("Budi", "budi@example.go.id")

    sending.send_due()

    found = dict(db.session.execute(select(Mail.state, Mail.reason)).all())  # type: ignore[arg-type]
    assert found == {"dead": "not-confirmed", "sent": None}
    assert postman.recipients == ["budi@example.go.id"]


@pytest.mark.parametrize(("values", "kind", "reason"), [
    ({"quiz": "Kuis"}, "attempt.marked", "broken"), ({"x": 1}, "no.such.kind", "kind-gone"),
])
def test_f25_a_mail_that_cannot_be_written_is_dead_at_once(
    app: Flask, postman: Postman, values: dict[str, Any], kind: str, reason: str,
) -> None:
    told()
    with transaction():
        db.session.execute(update(Mail).values(values=values, kind=kind))

    sending.send_due()

    assert (state()[0], state()[2], postman.got) == ("dead", reason, [])


def test_f27_mail_that_waited_too_long_is_dropped_and_not_sent_late(app: Flask, postman: Postman, configure: Configure) -> None:
    host = app.extensions["settings"].smtp_host
    configure(smtp_host="")
    told()
    wait(days=3, minutes=1)
    sending.send_due()
    configure(smtp_host=host)

    sending.send_due()

    assert (state()[0], state()[2], postman.got) == ("dropped", "too-old", [])


def test_f27_mail_of_long_ago_is_forgotten(app: Flask, postman: Postman) -> None:
    told("Sari", "sari@example.go.id")
    sending.send_due()
    told("Budi", "budi@example.go.id")
    postman.answers["RCPT"] = ["550 no"]
    sending.send_due()
    left = []
    for days in (29, 2, 60):
        wait(days=days)
        outbox.sweep()
        left.append(sorted(db.session.scalars(select(Mail.state))))

    assert left == [["dead", "sent"], ["dead"], []]


def test_I5_two_workers_send_each_mail_once(app: Flask, postman: Postman) -> None:
    for number in range(20):
        told(f"Orang {number}", f"orang{number}@example.go.id")
    begin = threading.Barrier(3)

    def work(_number: int) -> int:
        with app.app_context():
            begin.wait()
            count = sending.send_due()
            db.session.remove()
            return count

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(work, range(3)))

    assert (sum(counts), sorted(postman.recipients)) == (20, sorted(f"orang{number}@example.go.id" for number in range(20)))


def test_links_go_before_all_else_and_are_wiped_once_sent(app: Flask, postman: Postman) -> None:
    told("Budi", "budi@example.go.id")
    sari = reachable()
    notify(sari, "account.reset", link="https://belajar.example.go.id/reset/abcdef", until=clock.now() + timedelta(minutes=30))

    sending.send_due()

    assert "https://belajar.example.go.id/reset/abcdef\n" in text_of(postman.letters()[0])
    assert [set(values) for values in db.session.scalars(select(Mail.values).where(Mail.kind == "account.reset"))] == [{"until"}]


@pytest.mark.parametrize("end", ["refused", "dropped", "too late"])
def test_a_link_is_wiped_however_its_mail_ends(app: Flask, postman: Postman, end: str) -> None:
    sari = reachable()
    notify(sari, "account.reset", link="https://belajar.example.go.id/reset/abcdef", until=clock.now() + timedelta(minutes=30))
    if end == "refused":
        postman.answers["RCPT"] = ["550 no"]
    elif end == "dropped":
        outbox.drop(mail().id)
    else:
        wait(minutes=31)

    sending.send_due()

    assert (set(mail().values), mail().state in {"dead", "dropped"}, postman.got) == ({"until"}, True, [])


def test_a_person_deactivated_meanwhile_gets_no_mail(app: Flask, postman: Postman) -> None:
    told()
    with transaction():
        db.session.execute(update(Person).values(active=False))

    sending.send_due()

    assert (state()[0], state()[2], postman.got) == ("dropped", "person-gone", [])


def test_an_address_changed_meanwhile_is_the_one_written_to(app: Flask, postman: Postman) -> None:
    told()
    with transaction():
        db.session.execute(update(Person).values(email="baru@example.go.id"))

    sending.send_due()

    assert (postman.recipients, mail().address) == (["baru@example.go.id"], "baru@example.go.id")


def test_no_more_go_in_a_minute_than_the_server_bears(app: Flask, postman: Postman, configure: Configure) -> None:
    configure(mail_per_minute=3)
    for number in range(5):
        told(f"Orang {number}", f"orang{number}@example.go.id")
    first = sending.send_due()
    wait(seconds=59)
    second = sending.send_due()
    wait(seconds=2)

    third = sending.send_due()

    assert (first, second, third, len(postman.got)) == (3, 0, 2, 5)
    due = db.session.scalars(select(jobs.Job.run_at).where(jobs.Job.key.startswith("room:"))).all()
    assert due == [clock.now() - timedelta(seconds=1)]


def test_what_does_not_fit_into_the_time_of_a_job_is_left_to_another(app: Flask, postman: Postman) -> None:
    for number in range(3):
        told(f"Orang {number}", f"orang{number}@example.go.id")

    count = sending.send_due(seconds=0)
    jobs.run_due({"mail.send": sending.run_job})

    assert (count, len(postman.got)) == (1, 3)


def test_without_a_server_nothing_is_sent_and_nothing_is_lost(app: Flask) -> None:
    told()

    assert (sending.send_due(), state()) == (0, ("todo", 0, None, None))
    assert db.session.scalars(select(jobs.Job)).all() == []


def test_starttls_and_a_password_are_used(app: Flask, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    postman = Postman()
    told()
    with serving(postman, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticator("simpul", "rahasia")) as port:
        configure(smtp_host="localhost", smtp_port=port, mail_from="belajar@example.go.id", smtp_user="simpul", smtp_password="rahasia")
        sending.send_due()

    assert (len(postman.got), state()[0]) == (1, "sent")


@pytest.mark.parametrize(("changes", "trusted", "reason"), [
    ({"smtp_password": "wrong"}, True, "server-sign-in"), ({}, False, "server-security"),
])
def test_a_wrong_password_or_a_stranger_in_the_servers_place_stops_the_queue(
    app: Flask, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], trusted: bool, reason: str,
) -> None:
    context, authority = tls(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", authority)
    postman = Postman()
    told()
    with serving(postman, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticator("simpul", "rahasia")) as port:
        configure(smtp_host="localhost", smtp_port=port, mail_from="belajar@example.go.id", smtp_user="simpul",
                  **{"smtp_password": "rahasia", **changes})
        sending.send_due()

    assert (postman.got, state()[:2], db.session.scalars(select(MailServer.reason)).all()) == ([], ("todo", 0), [reason])


def test_a_server_that_offers_no_tls_is_not_told_anything(app: Flask, postman: Postman, configure: Configure) -> None:
    told()
    configure(smtp_security="starttls")

    sending.send_due()

    assert (postman.got, db.session.scalars(select(MailServer.reason)).all()) == ([], ["server-security"])
