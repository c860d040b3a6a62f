"""How long things are kept: ONE table, from which the notice, the page, the dry run and the nightly job are made.

A period of 0 months means for ever. What cannot be taken back and is not needed to be small (people, answers) is off or long by default.
Certificates and official results never go by age: no source states a number of years for files of training (PerANRI 22/2017 was not found
to), and whoever was shown a certificate may want to verify it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask import current_app
from flask_babel import ngettext

from lms.accounts import personal as accounts
from lms.assessment import personal as assessment
from lms.base import audit, clock, jobs, throttle
from lms.base.db import transaction
from lms.base.keeping import Ageing, Due, Kept
from lms.base.readings import Reading
from lms.base.texts import N_
from lms.learning import personal as learning
from lms.notifications import personal as notifications
from lms.privacy import leaving
from lms.rosters.models import ImportFile

JOB = "privacy.retention"
BATCH = 500
SECONDS = 60  # of one run of the job, half of its lease
Action = Literal["delete", "pseudonymise", "keep"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept, why so long, from when its age counts and what happens then. Sentences are English msgids.

    The period is the setting `retention_<name>` in months where there is one, else `fixed` days; neither: for ever.
    """

    name: str
    what: str
    why: str
    counted: str
    action: Action
    kept: Kept | None = None
    setting: str = ""
    fixed: int | None = None
    hint: str = ""

    @property
    def months(self) -> int:
        """Months of the setting; 0 for ever."""
        return int(getattr(current_app.extensions["settings"], self.setting)) if self.setting else 0

    def before(self, now: datetime) -> datetime | None:
        """What is older than this moment goes; None: nothing does."""
        if self.kept is None:
            return None
        if self.fixed is not None:
            return now - timedelta(days=self.fixed)
        return months_before(now, self.months) if self.months else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule with what would go by it, or went."""

    rule: Rule
    due: Due
    before: datetime | None


RULES: tuple[Rule, ...] = (
    Rule("sign-ins", N_("Signed-in browsers, with network address"), N_("Nobody needs them once a sign-in has ended."),
         N_("from signing in"), "delete", accounts.ENDED_SIGN_INS, fixed=1),
    Rule("tries", N_("Counts of tries, without names"), N_("They only slow down whoever guesses."), N_("from the end of the window"),
         "delete", Ageing(throttle.Throttle, throttle.Throttle.ends_at), fixed=0),
    Rule("codes", N_("Codes and links for a first or new password"), N_("They are secrets and work no longer."), N_("from their last day"),
         "delete", accounts.OLD_CODES, fixed=30),
    Rule("jobs", N_("Finished work of the program, such as making a certificate's file"), N_("To find out what went wrong."),
         N_("from its end"), "delete", Ageing(jobs.Job, jobs.Job.run_at, lambda: jobs.Job.state == "done"), fixed=7),
    Rule("uploads", N_("Files sent for an import"), N_("Once it is imported or a day old, a file is no longer needed."), N_("from sending"),
         "delete", Ageing(ImportFile, ImportFile.created_at), fixed=1),
    Rule("notices", N_("Notices that were read, and mail that was sent"), N_("To look up what one was told."), N_("from their day"),
         "delete", notifications.OLD, setting="retention_notices"),
    Rule("readings", N_("Who looked at whose data"), N_("To find misuse and to answer the people concerned (UU 27/2022 article 7)."),
         N_("from the day"), "delete", Ageing(Reading, Reading.at), setting="retention_readings"),
    Rule("study-days", N_("Days and minutes of study"), N_("For reports of the years before."), N_("from the day"), "delete",
         learning.OLD_STUDY_DAYS, setting="retention_study_days"),
    Rule("answers", N_("Answers in quizzes and trainers' comments"),
         N_("So that a result can be explained and the quality of questions judged."),
         N_("from handing in"), "delete", assessment.OLD_ANSWERS, setting="retention_answers", hint=N_("The results stay.")),
    Rule("people", N_("Records of people who have left and never earned a certificate"),
         N_("So that somebody who comes back finds her record."), N_("from the day they left"), "pseudonymise", leaving.LEFT,
         setting="retention_people", hint=N_("Cannot be taken back, so it is off until a period is set.")),
    Rule("results", N_("Certificates, results and learning hours"),
         N_("Official records (UU 43/2009, PerANRI 22/2017) and proof of learning hours (PP 11/2017 article 203)."), "", "keep"),
    Rule("roles", N_("Roles that people held"), N_("To say who could see what on a day of the past."), "", "keep"),
    Rule("audit", N_("Audit log of consequential acts"),
         N_("An unbroken chain by which tampering is found (PP 71/2019), so it is never cut. Details about a person go with her data."),
         "", "keep"),
    Rule("requests", N_("Requests about personal data and how they were answered"), N_("To show that the law was kept."), "", "keep"),
)


def dry_run() -> list[Outcome]:
    """What would go now, by rule; one query for each rule that deletes. Writes nothing."""
    now = clock.now()
    return [Outcome(rule, _due(rule, now), rule.before(now)) for rule in RULES]


def carry_out(*, seconds: float = SECONDS) -> tuple[list[tuple[Rule, int]], bool]:
    """Let go what is old enough, a batch in each transaction, for so many seconds; gives counts by rule and whether nothing is left."""
    now, end = clock.now(), time.monotonic() + seconds
    found = []
    for rule in RULES:
        count = sum(_batches(rule, now, end))
        if count:
            found.append((rule, count))
            with transaction():
                audit.record("retention.applied", f"retention:{rule.name}", detail={"count": count, "action": rule.action})
        if time.monotonic() >= end:
            return found, False
    return found, True


def run_job(_payload: object = None) -> None:
    """The nightly job; what is left is taken up by another job."""
    _counts, finished = carry_out()
    if not finished:
        with transaction():
            jobs.enqueue(JOB, {}, key=f"more:{clock.now().isoformat()}")


def told() -> list[tuple[Rule, str]]:
    """The rules for the notice, with each period in words; empty where there is none."""
    return [(rule, period(rule)) for rule in RULES]


def period(rule: Rule) -> str:
    """How long, in the reader's language; empty for ever."""
    if rule.fixed is not None:
        return str(ngettext("%(num)s day", "%(num)s days", rule.fixed)) if rule.fixed else ""
    return month_names(rule.months) if rule.months else ""


def month_names(months: int) -> str:
    """A number of months in words: in years where they are whole."""
    if months % 12 == 0:
        return str(ngettext("%(num)s year", "%(num)s years", months // 12))
    return str(ngettext("%(num)s month", "%(num)s months", months))


def months_before(now: datetime, months: int) -> datetime:
    """The same day and time so many months ago; the month's last day where it has fewer."""
    local = clock.local(now)
    number = local.year * 12 + local.month - 1 - months
    year, month = divmod(number, 12)
    for day in (local.day, 30, 29, 28):
        try:
            return local.replace(year=year, month=month + 1, day=min(day, local.day))
        except ValueError:
            continue
    raise ValueError(months)


def _due(rule: Rule, now: datetime) -> Due:
    before = rule.before(now)
    return rule.kept.due(before) if rule.kept and before else Due(0, None)


def _batches(rule: Rule, now: datetime, end: float) -> Iterator[int]:
    before = rule.before(now)
    while rule.kept and before and time.monotonic() < end:
        with transaction():
            count = rule.kept.carry_out(before, BATCH)
        yield count
        if count < BATCH:
            return
