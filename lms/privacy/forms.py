"""Shape of what is typed about personal data."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.base import clock
from lms.people.admin_forms import in_tree, trimmed
from lms.people.queries import UnitPlace
from lms.privacy.rules import FIELDS, KINDS

LONG, SHORT = 1000, 200
STORY = Length(max=5000, message=_l("Use at most %(max)d characters."))
SAID = Length(min=3, max=LONG, message=_l("Use 3 to %(max)d characters."))


class RequestForm(FlaskForm):
    """A wish about one's own data; what a correction is about is asked only then."""

    kind = RadioField(_l("What do you ask for?"), choices=[SelectChoice(name, name) for name in KINDS])
    field = SelectField(_l("What is wrong?"), choices=[SelectChoice(name, name) for name in FIELDS], validate_choice=False)
    wanted = StringField(_l("What should it be?"), [Length(max=SHORT, message=_l("Use at most %(max)d characters."))], filters=[trimmed])
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say in a sentence why.")), SAID], filters=[trimmed])
    note = TextAreaField(_l("Note (optional)"), [Length(max=LONG, message=_l("Use at most %(max)d characters."))], filters=[trimmed])

    def validate_field(self, field: SelectField) -> None:
        """A correction names something that is recorded."""
        if self.kind.data == "correction" and field.data not in FIELDS:
            raise ValidationError(_l("Choose what is wrong."))

    def validate_wanted(self, field: StringField) -> None:
        """A correction says what it should be."""
        if self.kind.data == "correction" and not field.data:
            raise ValidationError(_l("Write the right value."))


class AnswerForm(FlaskForm):
    """What an officer answers."""

    answer = TextAreaField(_l("Answer to the person"), [Length(max=LONG, message=_l("Use at most %(max)d characters."))], filters=[trimmed])


class ProposalForm(FlaskForm):
    """Why a person is to be erased."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say in a sentence why.")), SAID], filters=[trimmed])


class BreachForm(FlaskForm):
    """When what happened; whom it may concern."""

    found_at = DateTimeLocalField(_l("Found at"), [InputRequired(_l("Write day and time."))])
    since = DateTimeLocalField(_l("From"), [InputRequired(_l("Write day and time."))])
    until = DateTimeLocalField(_l("Until"), [InputRequired(_l("Write day and time."))])
    nip = StringField(_l("Only this person (NIP)"), [Length(max=40)], filters=[trimmed])
    unit_id = SelectField(_l("Only this unit"), coerce=int)
    address = StringField(_l("Only this network address"), [Length(max=100)], filters=[trimmed])
    story = TextAreaField(_l("What happened"), [InputRequired(_l("Say in a sentence what happened.")), STORY], filters=[trimmed])
    handling = TextAreaField(_l("What was done about it"), [STORY], filters=[trimmed])

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the unit field its choices, in the order of the tree."""
        self.unit_id.choices = [SelectChoice(0, _l("All units")), *in_tree(units)]

    def validate_until(self, field: DateTimeLocalField) -> None:
        """The period ends after it begins."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_l("The end lies before the beginning. Choose a later end."))


def office_moment(typed: datetime) -> datetime:
    """The moment that somebody in the office meant by a date and time."""
    return typed.replace(tzinfo=clock.OFFICE)
