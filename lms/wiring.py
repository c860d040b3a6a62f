"""The rooms in order, the navigation, and what reacts when something happens."""

from collections.abc import Callable, Mapping
from datetime import timedelta
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
from lms.content.cli import content as content_commands
from lms.content.quizzes_cli import quizzes as quizzes_commands
from lms.home import merging_views as people_merging_pages
from lms.home import views as home_pages
from lms.hours import merging as hours_merging
from lms.hours import personal as hours_personal
from lms.hours import service as hours
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
from lms.rosters import personal as rosters_personal
from lms.rosters import service as rosters
from lms.rosters import views as rosters_pages
from lms.rosters.cli import people as people_commands
from lms.web.layout import Place

NAVIGATION: tuple[Place, ...] = (
    Place("home.start", "home", N_("Home")),
    Place("learning.catalogue", "grid", N_("Catalogue")),
    Place("assessment_results.to_mark", "pen", N_("Marking"), "module.mark"),
    Place("certificates.mine", "cert", N_("Certificates")),
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
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts_pages.bp, accounts_links_pages.bp, accounts_provider_pages.bp, accounts_admin_pages.bp,
    accounts_sessions_pages.bp, accounts_factors_pages.bp, accounts_passkeys_pages.bp,
    people_admin_pages.bp, people_roles_pages.bp, people_delegates_pages.bp, people_merging_pages.bp,
    organisation_pages.bp, career_pages.bp, rosters_pages.bp, learning_pages.bp, assessment_pages.bp,
    assessment_results_pages.bp, certificates_pages.bp, home_pages.bp, ops_pages.bp, notices_pages.bp,
    privacy_pages.bp, privacy_office_pages.bp,
)
COMMANDS: tuple[click.Command, ...] = (
    content_commands, quizzes_commands, certificates_commands, people_commands, ops_commands.ops, notices_commands, privacy_commands,
)
NEED_APP: frozenset[str] = frozenset({"people", "ops", "notices", "privacy"})
REACTIONS: Mapping[type, tuple[Callable[[Any], None], ...]] = {
    AccessChanged: (signins.on_access_changed, delegates.on_access_changed,),
    ModuleCompleted: (certificates.on_completed, hours.on_completed),
    DelegateNamed: (notices.on_delegate_named,),
    EmailChanged: (links.on_email_changed,),
    LinkMade: (notices.on_link_made,),
    AccountChanged: (notices.on_account_changed,),
    CertificateIssued: (certificates_notices.on_issued,),
    AttemptMarked: (assessment_notices.on_marked,),
    PeopleMerged: (
        accounts_merging.on_people_merged, notifications_merging.on_people_merged, learning_merging.on_people_merged,
        assessment_merging.on_people_merged, certificates_merging.on_people_merged,
        hours_merging.on_people_merged, privacy_merging.on_people_merged,
    ),
    PersonErased: (
        accounts_personal.on_person_erased, rosters_personal.on_person_erased, notices.on_erased, learning_personal.on_person_erased,
        assessment_personal.on_person_erased, people_personal.on_person_erased, privacy_personal.on_person_erased,
    ),
}
PERSONAL: tuple[Part, ...] = (  # what each room holds about a person and hands to her
    people_personal.PART, accounts_personal.PART, learning_personal.PART, assessment_personal.PART, certificates_personal.PART,
    hours_personal.PART, notifications_personal.PART, rosters_personal.PART, privacy_personal.PART,
)


def _sweep(_payload: Mapping[str, Any]) -> None:
    signins.sweep()
    links.sweep()
    throttle.sweep()
    rosters.sweep()
    outbox.sweep()


def _close_attempt(payload: Mapping[str, Any]) -> None:
    assessment.close_if_late(payload["attempt"])


def _close_overdue(_payload: Mapping[str, Any]) -> None:
    assessment.close_overdue()


def _check_database(_payload: Mapping[str, Any]) -> None:
    soundness.check()


def _issue_missing(_payload: Mapping[str, Any]) -> None:
    certificates.issue_missing()


def _check_audit(_payload: Mapping[str, Any]) -> None:
    ops.check()


JOBS: Mapping[str, jobs.Handler] = {
    certificates.PDF_JOB: printing.run_job,
    assessment.CLOSE_JOB: _close_attempt,
    "attempt.sweep": _close_overdue,
    "certificate.missing": _issue_missing,
    links.RESET_JOB: links.run_reset,
    links.ACTIVATION_JOB: links.run_activation,
    ops.CHECK_JOB: _check_audit,
    notices.SEND_JOB: sending.run_job,
    "mail.digest": digest.run_job,
    "certificate.remind": certificates_notices.run_job,
    "quiz.remind": assessment_notices.run_job,
    "sweep": _sweep,
    "database.check": _check_database,
    retention.JOB: retention.run_job,
}
SCHEDULE: Mapping[str, timedelta] = {
    "attempt.sweep": timedelta(minutes=5), "certificate.missing": timedelta(hours=1), "sweep": timedelta(hours=1),
    ops.CHECK_JOB: timedelta(days=1), "database.check": timedelta(days=1),
    notices.SEND_JOB: timedelta(minutes=1), "mail.digest": timedelta(minutes=10), "certificate.remind": timedelta(hours=1),
    "quiz.remind": timedelta(hours=1),
    retention.JOB: timedelta(days=1),
}


def open_rooms(app: Flask) -> None:
    """Register pages and reactions with the app."""
    app.extensions["reactions"] = REACTIONS
    app.extensions["personal"] = PERSONAL
    app.extensions["office"] = OFFICE
    app.extensions["acts"], app.extensions["looks"] = ACTS, READINGS
    signins.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
