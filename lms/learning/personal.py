"""What the room of learning gives out about a person, and what goes when her data are erased or grow old.

Enrolments and lessons done stay: they are the hours and results that the agency has to account for (PP 11/2017 Ps 203).
"""

from sqlalchemy import delete, select, update

from lms.base.db import db
from lms.base.keeping import Ageing
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.learning.models import Enrolment, LessonProgress, StudyDay
from lms.people.events import PersonErased

_MINE = "enrolments.person_id"
PART = Part("learning", (
    Given("enrolments", N_("Modules studied"), (
        ("id", Enrolment.id, N_("Number of the enrolment")), ("module", Enrolment.module_id, N_("Module")),
        ("round", Enrolment.round, N_("Round")), ("started_at", Enrolment.started_at, N_("Started")),
        ("last_lesson", Enrolment.last_lesson_id, N_("Last lesson opened")), ("last_seen_at", Enrolment.last_seen_at, N_("Last studied")),
        ("quiz_passed_at", Enrolment.quiz_passed_at, N_("Final quiz passed")), ("score", Enrolment.score, N_("Score in percent")),
        ("completed_at", Enrolment.completed_at, N_("Completed")), ("hours", Enrolment.hours, N_("Learning hours (JP)")),
        ("valid_until", Enrolment.valid_until, N_("Valid until")),
    ), lambda person: Enrolment.person_id == person, frozenset({_MINE}), Enrolment.id),
    Given("lesson_progress", N_("Lessons opened and finished"), (
        ("enrolment", LessonProgress.enrolment_id, N_("Number of the enrolment")), ("lesson", LessonProgress.lesson_id, N_("Lesson")),
        ("opened_at", LessonProgress.opened_at, N_("Opened")), ("done_at", LessonProgress.done_at, N_("Done")),
        ("hours", LessonProgress.hours, N_("Learning hours (JP)")),
    ), lambda person: LessonProgress.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id == person)),
        frozenset({"lesson_progress.enrolment_id"}), LessonProgress.id),
    Given("study_days", N_("Days and time of study"), (
        ("day", StudyDay.day, N_("Day")), ("module", StudyDay.module_id, N_("Module")),
        ("seconds", StudyDay.seconds, N_("Seconds of study")),
        ("lessons_opened", StudyDay.lessons_opened, N_("Lessons opened")), ("lessons_done", StudyDay.lessons_done, N_("Lessons done")),
        ("answers_saved", StudyDay.answers_saved, N_("Answers saved")),
        ("quizzes_submitted", StudyDay.quizzes_submitted, N_("Quizzes submitted")),
        ("last_at", StudyDay.last_at, N_("Last act of the day")),
    ), lambda person: StudyDay.person_id == person, frozenset({"study_days.person_id"}), StudyDay.day),
))
OLD_STUDY_DAYS = Ageing(StudyDay, StudyDay.day, by_day=True)


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget when and how long she studied and where she stopped; modules and hours stay."""
    db.session.execute(delete(StudyDay).where(StudyDay.person_id == fact.person_id))
    db.session.execute(update(Enrolment).where(Enrolment.person_id == fact.person_id).values(last_lesson_id=None, last_seen_at=None))
