"""Shape of what is typed about applications to study and about semesters."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, Field, IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.base import clock
from lms.partners import rules, studying
from lms.partners.fields import AmountField, labels, whole
from lms.partners.forms import RecordForm
from lms.people.admin_forms import TOO_LONG, in_our_time, trimmed

ANOTHER = 0  # the choice "a programme that is not in the list"
STORY = Length(max=2000, message=_l("Use at most %(max)d characters."))


class StudyForm(RecordForm):
    """An application: a programme of the list, or another one that is written here."""

    programme_id = SelectField(_l("Degree programme"), coerce=int)
    level = SelectField(_l("Degree"), validators=[Optional()])
    title = StringField(_l("Name of the programme"), [TOO_LONG], filters=[trimmed], description=_l("Only if it is not in the list."))
    institution = StringField(_l("University"), [TOO_LONG], filters=[trimmed], description=_l("Only if it is not in the list."))
    funding = RadioField(_l("Who pays"), default="agency")
    starts_on = DateField(_l("Planned first day"), [InputRequired(_l("Choose a day.")), in_our_time])
    reason = TextAreaField(_l("Reasons"), [InputRequired(_l("Say why you want to study this, and what your unit gains.")),
                                           Length(min=20, max=2000, message=_l("Use %(min)d to %(max)d characters."))],
                           filters=[trimmed], description=_l("What you want to be able to do afterwards, and what your unit gains."))

    def offer_programmes(self, rows: Sequence[Any]) -> None:
        """Give the fields their choices."""
        self.programme_id.choices = [
            SelectChoice(row.id, f"{row.title}, {row.partner}", optgroup=_(rules.LEVELS[row.level])) for row in rows]
        self.programme_id.choices.append(SelectChoice(ANOTHER, _("Another one, written below")))
        self.level.choices, self.funding.choices = labels(rules.LEVELS), labels(studying.FUNDING)

    def validate_title(self, field: Field) -> None:
        """Another programme has a name."""
        if self.programme_id.data == ANOTHER and not field.data:
            raise ValidationError(_("Write the name of the programme, or choose one of the list."))

    def validate_institution(self, field: Field) -> None:
        """Another programme is taught somewhere."""
        if self.programme_id.data == ANOTHER and not field.data:
            raise ValidationError(_("Write the name of the university."))

    def values(self) -> dict[str, Any]:
        """The columns to write; 0 stands for no programme of the list."""
        found = super().values()
        return {**found, "programme_id": found["programme_id"] or None, "level": found["level"] or "S1"}


class PaperForm(FlaskForm):  # type: ignore[misc]
    """A document of an application."""

    kind = SelectField(_l("Kind of document"))
    file = FileField(_l("File"), description=_l("PDF, JPEG or PNG, at most 5 MB."))

    def offer(self) -> None:
        """Give the field its choices."""
        self.kind.choices = labels(studying.PAPERS)


class SemesterForm(RecordForm):
    """A semester that is over."""

    number = IntegerField(_l("Semester number"), [whole(1, studying.MOST_SEMESTERS)])
    from_on = DateField(_l("First day"), [InputRequired(_l("Choose a day.")), in_our_time])
    until_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day.")), in_our_time], description=_l("The JP count on this day."))
    credits = IntegerField(_l("Credits (SKS)"), [whole(0, studying.MOST_CREDITS)])
    gpa = AmountField(_l("Grade point average (IPK)"), description=_l("From 0 to 4, for example 3,45."))
    file = FileField(_l("Transcript"), description=_l("PDF, JPEG or PNG, at most 5 MB."))

    def validate_gpa(self, field: Field) -> None:
        """On the scale of the universities."""
        if field.data is None or not Decimal(0) <= field.data <= studying.BEST_GPA:
            raise ValidationError(_("Write a number from 0 to 4, for example 3,45."))

    def validate_until_on(self, field: Field) -> None:
        """Only what is over is reported."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("This semester is not over yet. Report it after its last day."))


class OpinionForm(FlaskForm):  # type: ignore[misc]
    """What a supervisor thinks of an application."""

    opinion = RadioField(_l("Your opinion"), choices=[], validators=[InputRequired(_l("Choose one of the two."))])
    why = TextAreaField(_l("Reasons"), [InputRequired(_l("Say in a sentence why.")), STORY], filters=[trimmed])

    def offer(self) -> None:
        """Give the field its choices."""
        self.opinion.choices = labels(studying.OPINIONS)


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What the training office decides."""

    decree_number = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed], description=_l("Needed to approve."))
    decree_on = DateField(_l("Date of the decree"), [Optional(), in_our_time], description=_l("Needed to approve."))
    answer = TextAreaField(_l("Answer to the applicant"), [STORY], filters=[trimmed],
                           description=_l("Needed to refuse or return: say why, and what to do."))


class EndForm(FlaskForm):  # type: ignore[misc]
    """How a study ended."""

    step = RadioField(_l("How it ended"), default="finish")
    day = DateField(_l("Day"), [InputRequired(_l("Choose a day.")), in_our_time], default=clock.today)
    reason = TextAreaField(_l("Reason"), [STORY], filters=[trimmed], description=_l("Needed if the study was stopped."))

    def offer(self) -> None:
        """Give the field its choices."""
        self.step.choices = [("finish", _("Finished")), ("stop", _("Stopped"))]
