"""The pages of the audit log, of the readings and of failed jobs."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, text

from lms.base import audit, clock, jobs
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.jobs import Job
from lms.base.readings import Reading
from lms.ops import queries, service
from lms.ops.queries import Wish
from tests import build
from tests.house.town import SignIn
from tests.inspecting import InspectingClient, words


def recorded(act: str = "person.changed", **values: Any) -> None:
    with transaction():
        audit.record(act, values.pop("subject", "person:1"), **values)


@pytest.fixture
def auditor(app: Flask, sign_in: SignIn) -> InspectingClient:
    """Her browser, in English."""
    client = sign_in(build.person("Agus Auditor", role="auditor", nip="198001012005011001"))
    client.set_cookie("lang", "en")
    return client


def rows(page: str) -> list[list[str]]:
    """The cells of the table, as text."""
    table = BeautifulSoup(page, "html.parser").find("table")
    return [] if table is None else [[words(str(cell)) for cell in row.find_all(["th", "td"])] for row in table.find("tbody").find_all("tr")]  # type: ignore[union-attr]


def shown(client: InspectingClient, address: str = "/ops/audit/", **query: Any) -> list[str]:
    """The column What of the entries on a page."""
    return [row[1] for row in rows(client.get(address, query_string=query).get_data(as_text=True))]


def test_an_entry_is_told_in_words(app: Flask, auditor: InspectingClient) -> None:
    one, other = build.unit("Dinas Kesehatan"), build.unit("Dinas Sosial")
    wati, siti, sari = build.person("Wati Saragih"), build.person("Siti Purba"), build.person("Sari Damanik", nip="199001012015012001")
    with app.test_request_context(environ_base={"REMOTE_ADDR": "10.1.2.3"}):
        from flask import g

        g.acting_for = wati
        recorded(about=sari, actor=siti, subject=f"person:{sari}",
                 detail={"unit_id": [one, other], "name": ["Sari", "<b>Sari</b>"], "reason": "pindah", "behalf_of": wati, "active": True, "rank": ["", None]})

    [row] = rows(auditor.get("/ops/audit/").get_data(as_text=True))

    assert row[0].startswith("Siti Purba 1990")
    assert row[0].endswith("on behalf of Wati Saragih")
    assert row[1] == (f"Changed the record of a person person:{sari} active: yes On behalf of: Wati Saragih Name: Sari → now <b>Sari</b> "
                      "Rank: – → now – Reason: pindah Unit: Dinas Kesehatan → now Dinas Sosial")
    assert row[2] == "Sari Damanik 19900101 201501 2 001"
    assert row[3] == "10 March 2026 09:00 WIB Browser, 10.1.2.3 Entry 1"


def test_the_way_of_signing_in_is_told_in_words(app: Flask, auditor: InspectingClient) -> None:
    sari = build.person()
    for how in ("password", "second step", "by carrier pigeon"):
        recorded("sign-in.ok", about=sari, detail={"how": how})

    assert [text.rpartition("How: ")[2] for text in shown(auditor)] == ["by carrier pigeon", "with the second step", "with a password"]


def test_an_act_without_words_and_one_whose_detail_is_gone_are_shown_all_the_same(app: Flask, auditor: InspectingClient) -> None:
    sari = build.person()
    recorded("moon.landed", about=sari, detail={"flag": "white"})
    with transaction():
        audit.forget_detail(sari)

    assert shown(auditor) == [
        f"Erased details of entries about a person person:{sari} Entries: 1", "moon.landed person:1 The detail was erased."]


@pytest.fixture
def log(app: Flask) -> dict[str, int]:
    """Entries of three days about two people by two others."""
    people = {"wati": build.person("Wati Saragih", nip="197803032005012003"), "budi": build.person("Budi Purba"),
              "sari": build.person("Sari Damanik", nip="199001012015012001"), "togar": build.person("Togar Sinaga")}
    with clock.stopped(clock.now() - timedelta(days=2)):
        recorded("role.given", actor=people["wati"], about=people["sari"], subject="grant:1", detail={"role": "trainer", "reason": "Ganti 100% guru"})
    with clock.stopped(clock.now() - timedelta(days=1)):
        recorded("role.ended", actor=people["wati"], about=people["togar"], subject="grant:2", detail={"reason": "selesai"})
    recorded("certificate.issued", actor=people["budi"], about=people["sari"], subject="certificate:7")
    return people


@pytest.mark.parametrize(("query", "expected"), [
    ({}, ["certificate:7", "grant:2", "grant:1"]),
    ({"q": "saragih"}, ["grant:2", "grant:1"]),
    ({"q": "1990 0101 2015 012001"}, ["certificate:7", "grant:1"]),
    ({"q": "Damanik", "act": "role.given"}, ["grant:1"]),
    ({"q": "nobody"}, []),
    ({"act": "role.ended"}, ["grant:2"]),
    ({"subject": "certificate:7"}, ["certificate:7"]),
    ({"detail": "GURU"}, ["grant:1"]),
    ({"detail": "100%"}, ["grant:1"]),
    ({"detail": "%"}, ["grant:1"]),
    ({"since": "2026-03-09"}, ["certificate:7", "grant:2"]),
    ({"since": "2026-03-09", "until": "2026-03-09"}, ["grant:2"]),
    ({"until": "2026-03-08", "q": "wati"}, ["grant:1"]),
    ({"since": "no date", "before": "x"}, ["certificate:7", "grant:2", "grant:1"]),
    ({"before": "99999999999999999999"}, ["certificate:7", "grant:2", "grant:1"]),
])
def test_entries_are_found(app: Flask, auditor: InspectingClient, log: dict[str, int], query: dict[str, str], expected: list[str]) -> None:
    found = shown(auditor, **query)

    assert [next(part for part in line.split() if ":" in part) for line in found] == expected


def test_pages_follow_one_another_without_a_gap(app: Flask, auditor: InspectingClient) -> None:
    with transaction():
        for number in range(1, 121):
            audit.record("role.given", f"grant:{number}")

    pages = [list(range(120, 70, -1)), list(range(70, 20, -1)), list(range(20, 0, -1))]
    address, seen = "/ops/audit/", []
    for rel in ("next", "next", "prev", "prev"):
        html = auditor.get(address).get_data(as_text=True)
        seen.append([int(row[1].rsplit(":", 1)[1]) for row in rows(html)])
        link = BeautifulSoup(html, "html.parser").find("a", rel=rel)
        address = str(link["href"])  # type: ignore[index]

    assert seen == [pages[0], pages[1], pages[2], pages[1]]
    assert [int(row[1].rsplit(":", 1)[1]) for row in rows(auditor.get(address).get_data(as_text=True))] == pages[0]


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries_for_few_and_many(app: Flask, assert_queries: Callable[[int], Any], count: int) -> None:
    for _ in range(count):
        recorded(about=build.person(), actor=build.person(), detail={"unit_id": [1, 2], "behalf_of": 3})
    db.session.rollback()
    from lms.ops import lines

    with app.test_request_context(), assert_queries(5):
        lines.of_entries(queries.entries(Wish()).rows)
        queries.chain()
        queries.acts()


def test_the_state_of_the_chain_stands_at_the_top(app: Flask, auditor: InspectingClient) -> None:
    recorded()
    recorded()
    fresh = words(auditor.get("/ops/audit/").get_data(as_text=True))
    service.mark_file().unlink(missing_ok=True)
    service.check()
    whole = words(auditor.get("/ops/audit/").get_data(as_text=True))
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET act = 'other' WHERE seq = 2"))
    clock.advance(timedelta(minutes=5))
    service.check()
    broken = auditor.get("/ops/audit/").get_data(as_text=True)

    assert "The chain has not been checked yet" in fresh
    assert "The chain is whole" in whole
    assert "Entry 2 was changed, or stands where another one stood. Found on 10 March 2026 09:05 WIB." in words(broken)
    assert BeautifulSoup(broken, "html.parser").find(class_="note bad", role="alert") is not None


def test_b17_the_log_is_read_by_auditors_and_administrators_alone(app: Flask, sign_in: SignIn) -> None:
    dinas = build.unit()
    readers = {role: build.person(role=role, unit_id=dinas) for role in ("learner", "trainer", "supervisor", "delegate", "auditor", "admin")}
    found = {
        role: {sign_in(person).get(address, buffered=True).status_code for address in ("/ops/audit/", "/ops/audit/export.csv", "/ops/readings/")}
        for role, person in readers.items()
    }

    assert found == {"learner": {403}, "trainer": {403}, "supervisor": {403}, "delegate": {403}, "auditor": {200}, "admin": {200}}


def test_b17_an_administrator_of_a_part_does_not_read_it(app: Flask, sign_in: SignIn) -> None:
    from lms.people import grants

    dinas = build.unit()
    person = build.person(unit_id=dinas)
    with transaction():
        grants.add(person, "admin", unit_id=dinas)

    assert [sign_in(person).get(address).status_code for address in ("/ops/audit/", "/ops/jobs/")] == [403, 403]


def test_b17_nobody_writes_it(app: Flask, sign_in: SignIn) -> None:
    recorded()
    admin = sign_in(build.person(role="admin"))
    token = admin.token("/password")
    before = db.session.execute(select(AuditEntry.hash)).all()

    found = {
        (method, rule.endpoint): admin.open(rule.build({})[1], method=method, data={"csrf_token": token}).status_code  # type: ignore[index]
        for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ops.") and not rule.arguments
        for method in ("POST", "PUT", "PATCH", "DELETE")
    }

    assert set(found.values()) == {405}
    db.session.rollback()
    assert db.session.execute(select(AuditEntry.hash)).all() == before


def test_the_csv_holds_what_the_filters_show_and_is_recorded(app: Flask, auditor: InspectingClient, log: dict[str, int]) -> None:
    recorded("role.given", subject="=cmd|'/c calc'!A1", detail={"reason": "=1+1"})
    response = auditor.get("/ops/audit/export.csv?act=role.given", buffered=True)
    table = list(csv.reader(io.StringIO(response.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))

    assert response.mimetype == "text/csv"
    assert table[0][:4] == ["Entry", "When", "Who", "NIP"]
    assert [(row[0], row[2], row[5], row[7], row[9], row[10]) for row in table[1:]] == [
        ("4", "", "role.given", "", "'=cmd|'/c calc'!A1", "Reason: =1+1"),
        ("1", "Wati Saragih", "role.given", "Sari Damanik", "grant:1", "Reason: Ganti 100% guru; Role: Trainer"),
    ]
    last = db.session.execute(select(AuditEntry.act, AuditEntry.detail).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert tuple(last) == ("audit.exported", {"filter": {"act": "role.given"}})


def test_the_csv_holds_more_than_a_batch(app: Flask, auditor: InspectingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 3)
    for number in range(8):
        recorded("role.given", subject=f"grant:{number}", about=number + 1)

    table = auditor.get("/ops/audit/export.csv?act=role.given", buffered=True).get_data(as_text=True).splitlines()

    assert [line.split(";")[9] for line in table[1:]] == [f"grant:{number}" for number in range(7, -1, -1)]


def test_the_xlsx_holds_the_same_rows_and_no_formula(app: Flask, auditor: InspectingClient, log: dict[str, int]) -> None:
    recorded("role.given", subject="=1+1")
    response = auditor.get("/ops/audit/export.xlsx?act=role.given", buffered=True)
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active

    assert [[cell.value for cell in row][9] for row in sheet.iter_rows(min_row=2)] == ["'=1+1", "grant:1"]  # type: ignore[union-attr]


def test_too_many_rows_for_one_xlsx_are_refused_with_the_remedy(app: Flask, auditor: InspectingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.ops import views

    monkeypatch.setattr(views, "MOST_IN_XLSX", 2)
    for _ in range(3):
        recorded("role.given")

    page = auditor.get("/ops/audit/export.xlsx?act=role.given", follow_redirects=True)

    assert "These are more than 2 rows" in words(page.get_data(as_text=True))
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "audit.exported")).all() == []


def test_readings_tell_who_looked_at_whose_data(app: Flask, auditor: InspectingClient, sign_in: SignIn) -> None:
    dinas = build.unit()
    wati, sari = build.person("Wati Saragih", role="supervisor", unit_id=dinas), build.person("Sari Damanik", unit_id=dinas)
    browser = sign_in(wati)
    for _ in range(2):
        browser.get(f"/team/{sari}/")
        browser.get("/team/")

    everything = rows(auditor.get("/ops/readings/").get_data(as_text=True))
    about_sari = shown(auditor, "/ops/readings/", q="damanik")

    assert [(row[0].split(" 1")[0], row[1], row[2].split(" 1")[0]) for row in everything] == [
        ("Wati Saragih", f"The team /{dinas}/", "Several people"), ("Wati Saragih", "A person of the team", "Sari Damanik")]
    assert about_sari == ["A person of the team"]
    lines = auditor.get("/ops/readings/export.csv?q=damanik", buffered=True).get_data(as_text=True).splitlines()
    assert [line.split(";")[1:6:4] for line in lines[1:]] == [["Wati Saragih", "Sari Damanik"]]
    assert db.session.scalars(select(AuditEntry.act)).all() == ["readings.exported"]


def test_readings_are_paged(app: Flask, auditor: InspectingClient) -> None:
    wati = build.person("Wati")
    with transaction():
        for number in range(60):
            db.session.add(Reading(reader_id=wati, what="team", scope=f"/{number}/", day=clock.today(), at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)))

    html = auditor.get("/ops/readings/").get_data(as_text=True)
    older = BeautifulSoup(html, "html.parser").find("a", rel="next")["href"]  # type: ignore[index]

    assert shown(auditor)[:0] == []
    assert [row[1] for row in rows(html)][:2] == ["The team /59/", "The team /58/"]
    assert [row[1] for row in rows(auditor.get(str(older)).get_data(as_text=True))] == [f"The team /{number}/" for number in range(9, -1, -1)]


def failed(key: str = "1") -> int:
    with transaction():
        row = Job(kind="certificate.pdf", key=key, payload={}, state="failed", attempts=5, run_at=clock.now(), error="OSError: <no> room")
        db.session.add(row)
        db.session.flush()
        return row.id


def test_a_failed_job_is_shown_and_runs_again(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(build.person(role="admin"))
    admin.set_cookie("lang", "en")
    job_id = failed()
    with transaction():
        jobs.enqueue("certificate.pdf", {}, key="2")

    listed = rows(admin.get("/ops/jobs/").get_data(as_text=True))
    answer = admin.send("/ops/jobs/", f"/ops/jobs/{job_id}/again")
    done: list[object] = []
    jobs.run_due({"certificate.pdf": done.append})

    assert [row[:3] for row in listed] == [["certificate.pdf 1", "OSError: <no> room", "5"]]
    assert answer.status_code == 303
    assert (len(done), db.session.scalars(select(Job.state).order_by(Job.key)).all()) == (2, ["done", "done"])
    assert db.session.execute(select(AuditEntry.act, AuditEntry.subject)).all() == [("job.again", f"job:{job_id}")]
    assert "No job has failed" in words(admin.get("/ops/jobs/").get_data(as_text=True))


def test_only_a_job_that_failed_runs_again(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(build.person(role="admin"))
    failed()
    with transaction():
        jobs.enqueue("certificate.pdf", {}, key="2")
    waiting = db.session.scalars(select(Job.id).where(Job.key == "2")).one()

    assert [admin.send("/ops/jobs/", f"/ops/jobs/{number}/again").status_code for number in (waiting, 2_000_000_000)] == [404, 404]


def test_failed_jobs_are_paged(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(build.person(role="admin"))
    for number in range(52):
        failed(str(number))

    html = admin.get("/ops/jobs/").get_data(as_text=True)
    older = BeautifulSoup(html, "html.parser").find("a", rel="next")["href"]  # type: ignore[index]

    assert (len(rows(html)), len(rows(admin.get(str(older)).get_data(as_text=True)))) == (50, 2)
