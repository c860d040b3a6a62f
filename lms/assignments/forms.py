"""Shape of what is typed about assignments."""

import secrets
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.assignments import rules
from lms.assignments.labels import EMPLOYMENTS
from lms.assignments.targets import Aim
from lms.base import clock
from lms.people.admin_forms import in_our_time
from lms.people.careers import POSITION_KINDS

REASON = [InputRequired(_l("Say in a sentence why.")), Length(min=3, max=500, message=_l("Use 3 to %(max)d characters."))]
MOST_NIPS = 500


def trimmed(text: str | None) -> str:
    """The text without space around it."""
    return (text or "").strip()


def _between(least: int, most: int) -> list[Any]:
    return [Optional(), NumberRange(least, most, message=_l("Write a number from %(min)s to %(max)s."))]


class DueForm(FlaskForm):
    """When an assignment is due, for all whom it hits."""

    due_on = DateField(_l("Due on"), [Optional(), in_our_time])
    due_days = IntegerField(_l("or so many days after it was assigned"), _between(1, 3650))
    grace_days = IntegerField(_l("Days of grace"), _between(0, 365), default=0)
    last_on = DateField(_l("Last day of the assignment (optional)"), [Optional(), in_our_time])
    reason = TextAreaField(_l("Reason or basis"), REASON, filters=[trimmed])
    version = HiddenField()

    def validate_due_days(self, field: IntegerField) -> None:
        """Either a day or a number of days."""
        if (self.due_on.data is None) == (field.data is None):
            raise ValidationError(_l("State either a day or a number of days."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also where the number of days is empty, which ends its own checks."""
        sound = bool(super().validate(extra_validators))
        if self.due_on.data is None and self.due_days.data is None and not self.due_days.errors and not self.due_on.errors:
            self.due_on.errors = [_("State either a day or a number of days.")]
            return False
        return sound


class AssignmentForm(DueForm):
    """A new assignment."""

    subject = SelectField(_l("Module or programme"))
    unit = SelectField(_l("Made for the unit"))
    required = RadioField(_l("How binding"), default="yes", choices=[
        SelectChoice("yes", _l("Required")), SelectChoice("no", _l("Recommended"))])
    first_on = DateField(_l("First day"), [InputRequired(_l("Choose a day.")), in_our_time])
    every_months = IntegerField(_l("Again every so many months (optional)"), _between(1, 120))
    units = SelectMultipleField(_l("Only these units, with those below them"))
    position_kinds = SelectMultipleField(_l("Only these kinds of position"))
    employments = SelectMultipleField(_l("Only this employment"), choices=[SelectChoice(one, one) for one in EMPLOYMENTS])
    positions = TextAreaField(_l("Only these positions, one in a line"), [Length(max=4000)], filters=[trimmed])
    newcomer_days = IntegerField(_l("Only newcomers: appointed at most so many days before the first day, or later"), _between(0, 3650))
    nips = TextAreaField(_l("Also these people, by NIP, one in a line"), [Length(max=20000)], filters=[trimmed])
    slip = HiddenField()
    mark = HiddenField()

    def __init__(self, subjects: list[tuple[str, str]], units: list[tuple[str, str]], scopes: list[tuple[str, str]]) -> None:
        super().__init__()
        self.subject.choices = [SelectChoice(value, label) for value, label in subjects]
        self.unit.choices = [SelectChoice(value, label) for value, label in scopes]
        self.units.choices = [SelectChoice(value, label) for value, label in units]
        self.position_kinds.choices = [SelectChoice(name, _(kind.label)) for name, kind in POSITION_KINDS.items()]
        self.slip.data = self.slip.data if self.slip.data and len(self.slip.data) == 32 else secrets.token_hex(16)
        if self.first_on.data is None and not self.is_submitted():
            self.first_on.data = clock.today()

    def validate_nips(self, field: StringField) -> None:
        """Not more than one request can bear."""
        if len(self.typed_nips) > MOST_NIPS:
            raise ValidationError(_l("Name at most %(most)s people; for more choose units or positions.", most=MOST_NIPS))

    @property
    def typed_nips(self) -> list[str]:
        """The NIPs as they were typed, spaces inside left out."""
        return ["".join(line.split()) for line in (self.nips.data or "").replace(",", "\n").replace(";", "\n").splitlines() if line.strip()]

    def terms(self) -> rules.Terms:
        """What is asked."""
        return rules.Terms(self.required.data == "yes", self.first_on.data, self.due_on.data, self.due_days.data, self.every_months.data,
                           self.grace_days.data or 0)

    def aim(self, within: str, people: frozenset[int]) -> Aim:
        """Whom it is for. If people are named and nothing else is stated, they alone."""
        return Aim(
            within, people, frozenset(int(one) for one in self.units.data or ()), frozenset(self.position_kinds.data or ()),
            frozenset(line.strip() for line in (self.positions.data or "").splitlines() if line.strip()),
            frozenset(self.employments.data or ()), self.newcomer_days.data)


class ExtensionForm(FlaskForm):
    """More time for one person."""

    until = DateField(_l("More time until"), [InputRequired(_l("Choose a day.")), in_our_time])
    reason = StringField(_l("Reason"), REASON, filters=[trimmed])


class WaiverForm(FlaskForm):
    """A waiver for one person."""

    until = DateField(_l("Until (empty: for good)"), [Optional(), in_our_time])
    reason = StringField(_l("Reason"), REASON, filters=[trimmed])


class EndForm(FlaskForm):
    """The end of an assignment."""

    version = HiddenField()
    reason = StringField(_l("Reason"), REASON, filters=[trimmed])
