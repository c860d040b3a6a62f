"""The rooms in order, the navigation, and what reacts when something happens."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import click
from flask import Blueprint, Flask

from lms.accounts import admin_views as accounts_admin_pages
from lms.accounts import factor_views as accounts_factors_pages
from lms.accounts import link_views as accounts_links_pages
from lms.accounts import links, signins
from lms.accounts import merging as accounts_merging
from lms.accounts import passkey_views as accounts_passkeys_pages
from lms.accounts import personal as accounts_personal
from lms.accounts import provider_views as accounts_provider_pages
from lms.accounts import session_views as accounts_sessions_pages
from lms.accounts import views as accounts_pages
from lms.accounts.events import AccountChanged, LinkMade
from lms.assessment import merging as assessment_merging
from lms.assessment import notices as assessment_notices
from lms.assessment import personal as assessment_personal
from lms.assessment import service as assessment
from lms.assessment import trainer_views as assessment_results_pages
from lms.assessment import views as assessment_pages
from lms.assessment.events import AttemptMarked
from lms.assignments import merging as assignments_merging
from lms.assignments import notices as assignments_notices
from lms.assignments import office_views as assignments_office_pages
from lms.assignments import personal as assignments_personal
from lms.assignments import queries as assignment_queries
from lms.assignments import service as assignments
from lms.assignments import team_views as assignments_team_pages
from lms.assignments import views as assignments_pages
from lms.base import jobs, soundness, throttle
from lms.base.personal import Part
from lms.base.texts import N_
from lms.certificates import merging as certificates_merging
from lms.certificates import notices as certificates_notices
from lms.certificates import personal as certificates_personal
from lms.certificates import printing
from lms.certificates import service as certificates
from lms.certificates import views as certificates_pages
from lms.certificates.cli import certificates as certificates_commands
from lms.certificates.events import CertificateIssued
from lms.claims import evidence, importing
from lms.claims import import_views as training_lists_pages
from lms.claims import merging as claims_merging
from lms.claims import office_views as claims_office_pages
from lms.claims import personal as claims_personal
from lms.claims import training_views as trainings_pages
from lms.claims import views as claims_pages
from lms.claims.events import OutsideTrainingCounted
from lms.competencies import import_views as competencies_import_pages
from lms.competencies import merging as competencies_merging
from lms.competencies import offers as competencies_offers
from lms.competencies import office_views as competencies_office_pages
from lms.competencies import personal as competencies_personal
from lms.competencies import service as competencies
from lms.competencies import team_views as competencies_team_pages
from lms.competencies import views as competencies_pages
from lms.content.cli import content as content_commands
from lms.content.quizzes_cli import quizzes as quizzes_commands
from lms.home import merging_views as people_merging_pages
from lms.home import views as home_pages
from lms.hours import adopting, transcripts
from lms.hours import merging as hours_merging
from lms.hours import office_views as hours_office_pages
from lms.hours import personal as hours_personal
from lms.hours import rate_views as hours_rates_pages
from lms.hours import service as hours
from lms.hours import views as hours_pages
from lms.learning import merging as learning_merging
from lms.learning import personal as learning_personal
from lms.learning import views as learning_pages
from lms.learning.events import ModuleCompleted
from lms.notifications import digest, outbox, sending
from lms.notifications import merging as notifications_merging
from lms.notifications import personal as notifications_personal
from lms.notifications import service as notices
from lms.notifications import views as notices_pages
from lms.notifications.cli import notices as notices_commands
from lms.ops import cli as ops_commands
from lms.ops import service as ops
from lms.ops import views as ops_pages
from lms.ops.acts import ACTS, READINGS
from lms.organisation import career_views as career_pages
from lms.organisation import views as organisation_pages
from lms.partners import deciding_views as studies_office_pages
from lms.partners import merging as partners_merging
from lms.partners import notices as partners_notices
from lms.partners import papers as partners_papers
from lms.partners import personal as partners_personal
from lms.partners import study_views as studies_pages
from lms.partners import views as partners_pages
from lms.people import admin_views as people_admin_pages
from lms.people import delegate_views as people_delegates_pages
from lms.people import delegates
from lms.people import personal as people_personal
from lms.people import role_views as people_roles_pages
from lms.people.events import AccessChanged, DelegateNamed, EmailChanged, PeopleMerged, PersonErased
from lms.privacy import merging as privacy_merging
from lms.privacy import office_views as privacy_office_pages
from lms.privacy import personal as privacy_personal
from lms.privacy import retention
from lms.privacy import views as privacy_pages
from lms.privacy.cli import privacy as privacy_commands
from lms.programmes import merging as programmes_merging
from lms.programmes import outside
from lms.programmes import personal as programmes_personal
from lms.programmes import service as programmes
from lms.programmes import views as programmes_pages
from lms.programmes.events import ProgrammeCompleted
from lms.programmes.sources import Source
from lms.rosters import personal as rosters_personal
from lms.rosters import service as rosters
from lms.rosters import views as rosters_pages
from lms.rosters.cli import people as people_commands
from lms.seminars import attendance_views as seminars_attendance_pages
from lms.seminars import merging as seminars_merging
from lms.seminars import notices as seminars_notices
from lms.seminars import office_views as seminars_office_pages
from lms.seminars import personal as seminars_personal
from lms.seminars import told as seminars_told
from lms.seminars import views as seminars_pages
from lms.seminars.events import AttendanceConfirmed
from lms.web.layout import Place

NAVIGATION: tuple[Place, ...] = (
    Place("home.start", "home", N_("Home")),
    Place("learning.catalogue", "grid", N_("Catalogue")),
    Place("seminars.coming", "cal", N_("Seminars")),
    Place("assessment_results.to_mark", "pen", N_("Marking"), "module.mark"),
    Place("certificates.mine", "cert", N_("Certificates")),
    Place("hours.mine", "clock", N_("Hours")),
    Place("home.team", "users", N_("Team"), "team.see"),
    Place("home.administration", "shield", N_("Manage"), "office.see"),
)
OFFICE: tuple[Place, ...] = (  # what the page Administration leads to
    Place("people_admin.people", "users", N_("People"), "people.see", N_("Find a person, see and change what is recorded.")),
    Place("organisation.units", "unit", N_("Organisation"), "people.see",
          N_("The tree of units: rename, move, merge, split, and what was before.")),
    Place("people_roles.table", "lock", N_("Roles"), "roles.see",
          N_("See what each role may do and who holds it; give roles from a person's page.")),
    Place("rosters.import_form", "table", N_("Import people"), "people.import",
          N_("Take over a list of people from a spreadsheet, after a look at what it changes.")),
    Place("accounts_admin.codes_form", "print", N_("Activation codes"), "people.manage",
          N_("Print codes for those of a unit who have no password yet.")),
    Place("home.content_mistakes", "alert", N_("Mistakes in the content"), "content.mistakes",
          N_("See what has to be mended in courses and quizzes.")),
    Place("notices.outbox", "mail", N_("Outgoing mail"), "notices.see",
          N_("See mail that waits or could not be sent, send it again or drop it.")),
    Place("claims_office.queue", "cert", N_("Outside certificates"), "training.check",
          N_("Check and accept certificates of training elsewhere, enter trainings with their participants.")),
    Place("hours.unit", "clock", N_("Learning hours of the unit"), "training.see",
          N_("JP of the people of a unit against their targets, and the ledger of each.")),
    Place("seminars_office.seminars", "cal", N_("Run seminars"), "training.manage",
          N_("Plan seminars and workshops, see who is registered, note attendance.")),
    Place("hours_rates.rates", "table", N_("Conversion table"), "training.manage",
          N_("What each form of training gives in JP; adopt another table, set targets.")),
    Place("assignments_office.assignments", "flag", N_("Assignments"), "training.check",
          N_("Assign modules and programmes to people, with a due date, and see how they stand.")),
    Place("assignments_team.unit", "check", N_("Compliance"), "training.see",
          N_("How the people of a unit stand with what is assigned to them.")),
    Place("ops.audit", "shield", N_("Audit log"), "audit.read", N_("See who did what, and who looked at whose data.")),
    Place("ops.jobs", "refresh", N_("Failed jobs"), "jobs.manage", N_("See work in the background that failed, and run it again.")),
    Place("privacy_office.requests", "shield", N_("Requests about personal data"), "privacy.see",
          N_("Corrections, copies and objections that people ask for, with their deadlines.")),
    Place("privacy_office.erasures", "user", N_("Erasures"), "privacy.see",
          N_("Erase the data of somebody who has left; needs two officers.")),
    Place("privacy_office.retention_rules", "clock", N_("Retention"), "privacy.see",
          N_("See how long things are kept and what would go now.")),
    Place("privacy_office.breach_form", "alert", N_("Report of a breach"), "privacy.decide",
          N_("When data fell into wrong hands: who is concerned, and the letters to write.")),
    Place("partners.partners", "link", N_("Partners"), "training.see",
          N_("Universities and other bodies that train with us: agreements, experts, offers, study programmes.")),
    Place("studies_office.applications", "book", N_("Applications to study"), "training.see",
          N_("Who wants to study or studies: opinions, decisions, semesters to confirm.")),
    Place("competencies_team.unit", "target", N_("Competencies"), "training.see",
          N_("See what people can beside what their positions require, confirm levels, set requirements.")),
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_pages.bp, accounts_links_pages.bp, accounts_provider_pages.bp, accounts_admin_pages.bp, accounts_sessions_pages.bp,
    accounts_factors_pages.bp, accounts_passkeys_pages.bp, people_admin_pages.bp, people_roles_pages.bp, people_delegates_pages.bp,
    people_merging_pages.bp, organisation_pages.bp, career_pages.bp, rosters_pages.bp, learning_pages.bp, assessment_pages.bp,
    assessment_results_pages.bp, certificates_pages.bp, hours_pages.bp, hours_office_pages.bp, hours_rates_pages.bp, claims_pages.bp,
    claims_office_pages.bp, trainings_pages.bp, training_lists_pages.bp, partners_pages.bp, studies_pages.bp, studies_office_pages.bp,
    seminars_pages.bp, seminars_office_pages.bp, seminars_attendance_pages.bp, competencies_pages.bp, competencies_team_pages.bp,
    competencies_office_pages.bp, competencies_import_pages.bp, programmes_pages.bp, assignments_pages.bp, assignments_office_pages.bp,
    assignments_team_pages.bp, home_pages.bp, ops_pages.bp, notices_pages.bp, privacy_pages.bp, privacy_office_pages.bp,
)
COMMANDS: tuple[click.Command, ...] = (
    content_commands, quizzes_commands, certificates_commands, people_commands, ops_commands.ops, notices_commands, privacy_commands,
)
NEED_APP: frozenset[str] = frozenset({"people", "ops", "notices", "privacy"})
REACTIONS: Mapping[type, tuple[Callable[[Any], None], ...]] = {
    AccessChanged: (signins.on_access_changed, delegates.on_access_changed, assignments.on_access_changed),
    ModuleCompleted: (
        certificates.on_completed, hours.on_completed, competencies.on_completed, programmes.on_module_completed,
        assignments.on_learned,
    ),
    ProgrammeCompleted: (assignments.on_learned,),
    DelegateNamed: (notices.on_delegate_named,),
    EmailChanged: (links.on_email_changed,),
    LinkMade: (notices.on_link_made,),
    AccountChanged: (notices.on_account_changed,),
    CertificateIssued: (certificates_notices.on_issued,),
    AttemptMarked: (assessment_notices.on_marked,),
    AttendanceConfirmed: (programmes.on_achieved,),
    OutsideTrainingCounted: (programmes.on_achieved,),
    PeopleMerged: (  # in the order of the floors: a room finds what those below it moved
        accounts_merging.on_people_merged, notifications_merging.on_people_merged, learning_merging.on_people_merged,
        assessment_merging.on_people_merged, certificates_merging.on_people_merged, hours_merging.on_people_merged,
        claims_merging.on_people_merged, partners_merging.on_people_merged, seminars_merging.on_people_merged,
        competencies_merging.on_people_merged, programmes_merging.on_people_merged, assignments_merging.on_people_merged,
        privacy_merging.on_people_merged,
    ),
    PersonErased: (
        accounts_personal.on_person_erased, rosters_personal.on_person_erased, notices.on_erased, learning_personal.on_person_erased,
        assessment_personal.on_person_erased, partners_personal.on_person_erased, seminars_personal.on_person_erased,
        people_personal.on_person_erased, competencies_personal.on_person_erased, claims_personal.on_person_erased,
        programmes_personal.on_person_erased, assignments_personal.on_person_erased, privacy_personal.on_person_erased,
    ),
}
PERSONAL: tuple[Part, ...] = (  # what each room holds about a person and hands to her
    people_personal.PART, accounts_personal.PART, learning_personal.PART, assessment_personal.PART, certificates_personal.PART,
    hours_personal.PART, partners_personal.PART, competencies_personal.PART, claims_personal.PART, seminars_personal.PART,
    notifications_personal.PART, rosters_personal.PART, programmes_personal.PART, assignments_personal.PART, privacy_personal.PART,
)
# by kind of item: who knows the items of a programme that are no modules
PROGRAMME_SOURCES: Mapping[str, Source] = {"seminar": outside.Seminars(), "external": outside.Elsewhere()}
OFFERS = (competencies_offers.modules,)  # what one may learn by, of each room that offers something

Told = Callable[[int, date, date], Sequence[tuple[Any, ...]]]  # of a person and a period, its first and last day
# (title, JP, day due) of what she is registered for or assigned and has not done
FORESEEN: tuple[Told, ...] = (assignment_queries.foreseen, seminars_told.foreseen)
OFFERED: tuple[Told, ...] = (seminars_told.offered,)  # (title, "offered" | "assigned" | "refused", day)
PAPERS: tuple[Callable[[str], str | None], ...] = (transcripts.address_of,)  # the page that verifies a serial that is no certificate's


def _sweep(_payload: Mapping[str, Any]) -> None:
    signins.sweep()
    links.sweep()
    throttle.sweep()
    rosters.sweep()
    evidence.sweep()
    importing.sweep()
    outbox.sweep()
    partners_papers.sweep()


def _close_attempt(payload: Mapping[str, Any]) -> None:
    assessment.close_if_late(payload["attempt"])


def _close_overdue(_payload: Mapping[str, Any]) -> None:
    assessment.close_overdue()


def _check_database(_payload: Mapping[str, Any]) -> None:
    soundness.check()


def _issue_missing(_payload: Mapping[str, Any]) -> None:
    certificates.issue_missing()


def _enter_missing(_payload: Mapping[str, Any]) -> None:
    hours.enter_missing()


def _check_audit(_payload: Mapping[str, Any]) -> None:
    ops.check()


JOBS: Mapping[str, jobs.Handler] = {
    certificates.PDF_JOB: printing.run_job,
    assessment.CLOSE_JOB: _close_attempt,
    "attempt.sweep": _close_overdue,
    "certificate.missing": _issue_missing,
    "hours.missing": _enter_missing,
    links.RESET_JOB: links.run_reset,
    links.ACTIVATION_JOB: links.run_activation,
    ops.CHECK_JOB: _check_audit,
    notices.SEND_JOB: sending.run_job,
    "mail.digest": digest.run_job,
    "certificate.remind": certificates_notices.run_job,
    "quiz.remind": assessment_notices.run_job,
    "programme.settle": programmes.run_settle,
    assignments.HOUR_JOB: assignments.run_hour,
    assignments.NIGHT_JOB: assignments.run_night,
    assignments.TELL_JOB: assignments_notices.run_tell,
    assignments_notices.REMIND_JOB: assignments_notices.run_job,
    "programme.missing": programmes.run_missing,
    seminars_notices.REMIND_JOB: seminars_notices.run_job,
    "sweep": _sweep,
    "database.check": _check_database,
    partners_notices.REMIND_JOB: partners_notices.run_job,
    partners_papers.SWEEP_JOB: partners_papers.run_job,
    retention.JOB: retention.run_job,
    adopting.JOB: adopting.run_job,
    transcripts.JOB: transcripts.run_job,
    competencies.JOB: competencies.run_job,
}
SCHEDULE: Mapping[str, timedelta] = {
    "attempt.sweep": timedelta(minutes=5), "certificate.missing": timedelta(hours=1), "hours.missing": timedelta(hours=1),
    "sweep": timedelta(hours=1),
    ops.CHECK_JOB: timedelta(days=1), "database.check": timedelta(days=1),
    notices.SEND_JOB: timedelta(minutes=1), "mail.digest": timedelta(minutes=10), "certificate.remind": timedelta(hours=1),
    "quiz.remind": timedelta(hours=1), seminars_notices.REMIND_JOB: timedelta(hours=1),
    assignments.HOUR_JOB: timedelta(hours=1), assignments.NIGHT_JOB: timedelta(days=1), assignments_notices.REMIND_JOB: timedelta(hours=1),
    "programme.settle": timedelta(days=1), "programme.missing": timedelta(hours=1),
    partners_notices.REMIND_JOB: timedelta(hours=1),
    retention.JOB: timedelta(days=1),
    adopting.JOB: timedelta(days=1),
    competencies.JOB: timedelta(hours=1),
}


def open_rooms(app: Flask) -> None:
    """Register pages and reactions with the app."""
    app.extensions["reactions"] = REACTIONS
    app.extensions["personal"] = PERSONAL
    app.extensions["programme_sources"] = PROGRAMME_SOURCES
    app.extensions["office"] = OFFICE
    app.extensions["foreseen"], app.extensions["offered"], app.extensions["papers"] = FORESEEN, OFFERED, PAPERS
    app.extensions["offers"] = OFFERS
    app.extensions["acts"], app.extensions["looks"] = ACTS, READINGS
    signins.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
