"""Every address is declared here, guarded once, refuses forms without a token, and changes nothing when it is only read."""

import inspect
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.people.roles import ROLES as ROLES_TABLE
from tests.house.town import ROLES, SignIn, Town, ask, built, noticed

ANYONE, SIGNED_IN, SETTING_UP = "anyone", "signed-in", "setting-up"
# Beside each address the permission it needs (lms.people.roles), or "anyone", or "signed-in" for what is one's own.
ROUTES = {
    "accounts.login": ANYONE, "accounts.sign_in": ANYONE, "accounts.logout": ANYONE, "accounts.activation": ANYONE,
    "accounts.activate": ANYONE, "accounts.password": SIGNED_IN, "accounts.change_password": SIGNED_IN, "accounts.language": ANYONE,
    "accounts_links.forgot": ANYONE, "accounts_links.ask": ANYONE, "accounts_links.asked": ANYONE, "accounts_links.opened": ANYONE,
    "accounts_links.link": ANYONE, "accounts_links.use": ANYONE, "accounts_links.email": SIGNED_IN, "accounts_links.ask_email": SIGNED_IN,
    "accounts_links.send": "people.manage", "accounts_provider.begin": ANYONE, "accounts_provider.back": ANYONE,
    "accounts_provider.out": ANYONE, "accounts_provider.ended": ANYONE, "accounts_provider.untie": "people.manage",
    "accounts_admin.account": "people.see", "accounts_admin.new_code": "people.manage", "accounts_admin.codes_form": "people.manage",
    "accounts_admin.new_codes": "people.manage", "accounts_admin.reset_factors": "people.manage",
    "accounts_admin.end_sign_ins": "people.manage",
    "account.overview": SIGNED_IN, "account.devices": SIGNED_IN, "account.end_device": SIGNED_IN, "account.end_others": SIGNED_IN,
    "account.confirm": SIGNED_IN, "account.confirmed": SIGNED_IN,
    "factors.second_step": ANYONE, "factors.take_second_step": ANYONE, "factors.setup": SETTING_UP, "factors.turn_on": SETTING_UP,
    "factors.recovery_codes": SIGNED_IN, "factors.renew_recovery_codes": SIGNED_IN, "factors.off": SIGNED_IN,
    "factors.turn_off": SIGNED_IN,
    "passkeys.mine": SETTING_UP, "passkeys.registration_options": SETTING_UP, "passkeys.register": SETTING_UP,
    "passkeys.rename": SIGNED_IN, "passkeys.remove": SIGNED_IN, "passkeys.challenge": ANYONE, "passkeys.sign_in": ANYONE,
    "people_admin.people": "people.see", "people_admin.person": "people.see", "people_admin.change": "people.manage",
    "people_admin.set_active": "people.manage", "people_admin.found": "people.see", "people_admin.export": "people.see",
    "people_admin.new": "people.manage", "people_admin.add": "people.manage",
    "people_roles.table": "roles.see", "people_roles.export": "roles.see", "people_roles.roles": "roles.see",
    "people_roles.give": "roles.grant", "people_roles.end": "roles.grant", "people_roles.set_modules": "roles.grant",
    "people_delegates.delegates": "delegates.name", "people_delegates.name": "delegates.name", "people_delegates.end": "delegates.name",
    "people_merging.choose": "people.merge", "people_merging.compare": "people.merge", "people_merging.merge": "people.merge",
    "home.dossier": "people.see", "home.administration": "office.see",
    "rosters.import_form": "people.import", "rosters.import_send": "people.import", "rosters.import_preview": "people.import",
    "rosters.import_columns": "people.import", "rosters.import_say": "people.import", "rosters.import_sheet": "people.import",
    "rosters.import_confirm": "people.import", "rosters.import_cancel": "people.import", "rosters.import_mistakes": "people.import",
    "rosters.import_sample": "people.import",
    "organisation.units": "people.see", "organisation.unit": "people.see",
    **{f"organisation.{act}{form}": "units.manage" for act in ("new", "change", "move", "merge", "split", "end") for form in ("", "_form")},
    "people_career.career": "people.see", "people_career.set_supervisor": "people.manage", "people_career.take_back": "people.manage",
    **{f"people_career.{act}": "people.manage" for act in (
        "move_form", "move", "acting_form", "set_acting", "end_acting", "correct_form", "correct")},
    "static_files.file": ANYONE, "static_files.icons": ANYONE,
    "learning.catalogue": SIGNED_IN, "learning.module": SIGNED_IN, "learning.lesson": SIGNED_IN, "learning.enrol": SIGNED_IN,
    "learning.finish": SIGNED_IN, "learning.media": SIGNED_IN,
    "assessment.quiz": SIGNED_IN, "assessment.start": SIGNED_IN, "assessment.attempt": SIGNED_IN, "assessment.answers": SIGNED_IN,
    "assessment.summary": SIGNED_IN, "assessment.submit": SIGNED_IN, "assessment.review": SIGNED_IN,
    "assessment_results.to_mark": "module.mark", "assessment_results.mark": "module.mark", "assessment_results.give_mark": "module.mark",
    "assessment_results.participants": "module.results", "assessment_results.questions": "module.results",
    "assessment_results.participant": "module.results", "assessment_results.extra_attempt": "module.attempts",
    "assessment_results.preview": "module.preview", "assessment_results.graded_preview": "module.preview",
    "notices.mine": SIGNED_IN, "notices.open_notice": SIGNED_IN, "notices.read_one": SIGNED_IN, "notices.read_all": SIGNED_IN,
    "notices.preferences": SIGNED_IN, "notices.prefer": SIGNED_IN, "notices.outbox": "notices.see", "notices.send_again": "notices.manage",
    "notices.drop": "notices.manage", "notices.send_all_again": "notices.manage", "notices.drop_all": "notices.manage",
    "certificates.mine": SIGNED_IN, "certificates.certificate": SIGNED_IN, "certificates.pdf": SIGNED_IN,
    "certificates.revoke": "certificates.manage", "certificates.reissue": "certificates.manage",
    "certificates.verify_form": ANYONE, "certificates.verify": ANYONE, "certificates.compare": ANYONE,
    "claims.mine": SIGNED_IN, "claims.new_form": SIGNED_IN, "claims.new": SIGNED_IN, "claims.claim": SIGNED_IN,
    "claims.edit_form": SIGNED_IN, "claims.edit": SIGNED_IN, "claims.withdraw": SIGNED_IN, "claims.my_evidence": SIGNED_IN,
    **{f"claims_office.{act}": "training.check" for act in ("queue", "one", "its_evidence", "check", "send_back", "refuse")},
    **{f"claims_office.{act}": "training.manage" for act in ("accept", "revoke", "batch", "accept_batch")},
    **{f"trainings.{act}": "training.check" for act in (
        "all_trainings", "new_form", "new", "training", "edit_form", "edit", "enter", "remove", "its_evidence")},
    **{f"training_lists.{act}": "training.manage" for act in ("send_form", "send", "preview", "confirm", "cancel", "mistakes", "template")},
    "hours.mine": SIGNED_IN, "hours.transcript": SIGNED_IN, "hours.transcript_pdf": SIGNED_IN, "hours.verify": ANYONE, "hours.compare": ANYONE,
    "hours.unit": "training.see", "hours.unit_export": "training.see", "hours.person": "training.see",
    "hours.person_transcript": "training.see", "hours_office.correct_form": "training.manage", "hours_office.correct": "training.manage",
    "hours_office.take_back": "training.manage", "hours_rates.rates": SIGNED_IN, "hours_rates.rates_file": SIGNED_IN,
    "hours_rates.all_targets": SIGNED_IN, "hours_rates.set_target": "training.manage",
    **{f"hours_rates.{act}": "training.manage" for act in ("adopt_form", "adopt", "withdraw", "file_form", "send_file")},
    "ops.audit": "audit.read", "ops.audit_csv": "audit.read", "ops.audit_xlsx": "audit.read", "ops.readings": "audit.read",
    "ops.readings_csv": "audit.read", "ops.jobs": "jobs.manage", "ops.again": "jobs.manage",
    "home.healthz": ANYONE, "home.start": SIGNED_IN, "home.content_mistakes": "content.mistakes", "home.team": "team.see",
    "home.team_csv": "team.see", "home.team_xlsx": "team.see", "home.team_certificates": "team.see", "home.member": "team.see",
    "assignments.mine": SIGNED_IN,
    **{f"assignments_team.{page}": "training.see" for page in ("unit", "export")}, "assignments_office.assignment": "training.see",
    **{f"assignments_office.{page}": "training.check" for page in (
        "assignments", "new_form", "new", "change", "end", "person", "extend", "waive", "end_waiver")},
    "programmes.programmes": SIGNED_IN, "programmes.programme": SIGNED_IN, "programmes.join": SIGNED_IN, "programmes.leave": SIGNED_IN,
    **{f"seminars.{page}": SIGNED_IN for page in ("coming", "mine", "seminar", "register", "cancel", "event", "make_feed", "end_feed")},
    **{f"seminars.{page}": ANYONE for page in ("feed", "public", "announcement")},
    **{f"seminars.{page}": "training.see" for page in ("nominate_form", "nominate")},
    **{f"seminars_office.{page}": "training.manage" for page in (
        "seminars", "new_form", "new", "plan", "edit_form", "edit", "new_session_form", "new_session", "session_form", "session",
        "drop_session", "set_state", "copy", "participants", "export", "remove", "printed")},
    **{f"seminars_attendance.{page}": "training.manage" for page in ("attendance_form", "attendance", "walk_in")},
    "competencies.competencies": SIGNED_IN, "competencies.competency": SIGNED_IN, "competencies.mine": SIGNED_IN,
    "competencies.remark": SIGNED_IN,
    **{f"competencies_team.{page}": "training.see" for page in (
        "unit", "positions", "gaps", "export", "person", "confirm_form", "confirm", "withdraw")},
    "competencies_office.evidence_form": "training.check", "competencies_office.enter": "training.check",
    **{f"competencies_office.{page}": "training.manage" for page in (
        "requirements", "require", "technical", "new_form", "new", "change_form", "change", "end")},
    **{f"competencies_import.{page}": "training.manage" for page in ("table", "send", "confirm", "cancel", "sample")},
    "privacy.notice": ANYONE, "privacy.my_data": SIGNED_IN, "privacy.download": SIGNED_IN, "privacy.ask_form": SIGNED_IN,
    "privacy.ask": SIGNED_IN, "privacy.withdraw": SIGNED_IN,
    "privacy_office.requests": "privacy.see", "privacy_office.one_request": "privacy.see", "privacy_office.decide": "privacy.decide",
    "privacy_office.download": "privacy.decide", "privacy_office.retention_rules": "privacy.see", "privacy_office.erasures": "privacy.see",
    "privacy_office.erasure": "privacy.see", "privacy_office.propose_erasure": "privacy.decide", "privacy_office.carry_out": "privacy.decide",
    "privacy_office.drop": "privacy.decide", "privacy_office.breach_form": "privacy.decide", "privacy_office.breach_report": "privacy.decide",
    "partners.partners": "training.see", "partners.agreements": "training.see", "partners.partner": "training.see",
    "partners.agreement_file": "training.see",
    **{f"partners.{act}": "training.manage" for act in (
        "new_form", "new", "change_form", "change", "end", "add_form", "add", "part_form", "change_part", "end_part")},
    **{f"studies.{act}": SIGNED_IN for act in (
        "mine", "new_form", "new", "change_form", "change", "study", "send_paper", "paper", "remove_paper", "submit", "withdraw", "begin",
        "report_form", "report", "semester_form", "change_semester")},
    "studies_office.applications": "training.see", "studies_office.advise": "training.see", "studies_office.decide": "training.manage",
    "studies_office.end": "training.manage", "studies_office.decide_semester": "training.manage",
}
SENDING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def town(app: Flask, sign_in: SignIn) -> Iterator[Town]:
    """A town; the library's catalogue is put back afterwards."""
    library = app.extensions["library"]
    before = library.current
    yield built(app, sign_in)
    library.current = before


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def address(rule: Rule, town: Town) -> str:
    built = rule.build({name: town.values[name] for name in rule.arguments})
    assert built is not None, rule
    return built[1]


def opens_to(role: str | None, endpoint: str) -> bool:
    needed = ROUTES[endpoint]
    return needed == ANYONE or (role is not None and (needed in {SIGNED_IN, SETTING_UP} or (role in ROLES_TABLE and needed in ROLES_TABLE[role].permissions)))


def test_d03_every_view_has_exactly_the_guard_that_is_declared_here(app: Flask) -> None:
    guards = {name: getattr(view, "allowed", None) for name, view in app.view_functions.items()}

    assert guards == {endpoint: frozenset({needed}) for endpoint, needed in ROUTES.items()}


def test_no_view_has_two_guards(app: Flask) -> None:
    twice = [name for name, view in app.view_functions.items() if hasattr(inspect.unwrap(view), "allowed")]
    nested = [name for name, view in app.view_functions.items() if hasattr(getattr(view, "__wrapped__", None), "allowed")]

    assert (twice, nested) == ([], [])


def test_b21_a_form_without_its_token_is_refused_and_changes_nothing(app: Flask, town: Town) -> None:
    """B21"""
    before = noticed()
    sent = [(rule.endpoint, method, address(rule, town)) for rule in rules(app) for method in SENDING if method in (rule.methods or ())]

    answers = {
        (endpoint, role): ask(browser, method, target, data={"reason": "karena", "lang": "en"}).status_code
        for endpoint, method, target in sent for role, browser in town.browsers.items()
    }

    assert len(sent) > 10
    assert {where: status for where, status in answers.items() if status != 400} == {}
    assert noticed() == before


@pytest.mark.parametrize("role", ROLES)
def test_b24_reading_pages_changes_nothing(app: Flask, town: Town, role: str) -> None:
    """B24"""
    before = noticed()
    browser = town.browsers[role]
    pages = {rule.endpoint: address(rule, town) for rule in rules(app) if "GET" in (rule.methods or ())}

    found = {endpoint: ask(browser, "GET", target).status_code for endpoint, target in pages.items() if opens_to(role, endpoint)}

    assert {endpoint: status for endpoint, status in found.items() if status >= 500} == {}
    assert noticed() == before


def test_every_page_has_something_to_show_to_somebody(app: Flask, town: Town) -> None:
    pages = {rule.endpoint: address(rule, town) for rule in rules(app) if "GET" in (rule.methods or ())}

    unseen = [
        endpoint for endpoint, target in pages.items()
        if all(ask(browser, "GET", target).status_code >= 400 for role, browser in town.browsers.items() if opens_to(role, endpoint))
    ]

    # Their addresses hold the hash of a file, which this town does not know.
    assert sorted(unseen) == ["learning.media", "static_files.file"]


def test_guarded_pages_send_strangers_to_the_sign_in_page_and_refuse_wrong_roles(app: Flask, town: Town) -> None:
    seen = {}
    for rule in rules(app):
        for role, browser in town.browsers.items():
            if "GET" in (rule.methods or ()) and not opens_to(role, rule.endpoint):
                response = ask(browser, "GET", address(rule, town))
                seen[rule.endpoint, role] = (response.status_code, (response.location or "").partition("?")[0])

    expected = {where: (302, "/login") if where[1] is None else (403, "") for where in seen}
    assert len(seen) > 30
    assert seen == expected
