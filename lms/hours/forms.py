"""Shape of what is typed about learning hours."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.hours import drafts, rules, targets
from lms.people.admin_forms import in_our_time

SHORT = Length(max=300, message=_l("Use at most %(max)d characters."))
REASON = Length(min=3, max=500, message=_l("Use 3 to %(max)d characters."))
SCOPES = {"national": _l("National"), "international": _l("International")}
YEARS = {"calendar": _l("Calendar year"), "agreement": _l("Year of the agreement")}
A_DAY = [InputRequired(_l("Choose a day.")), in_our_time]


def trimmed(text: str | None) -> str:
    """The text without space around it."""
    return (text or "").strip()


class PeriodForm(FlaskForm):
    """The period of a transcript."""

    first = DateField(_l("First day"), A_DAY)
    last = DateField(_l("Last day"), A_DAY)


class CorrectionForm(FlaskForm):
    """What an entry should say; its days stand in the fields `day` and `amount`, of which there are several."""

    title = StringField(_l("Title"), [InputRequired(_l("Write what was earned.")), SHORT], filters=[trimmed])
    form = SelectField(_l("Form of training"))
    scope = SelectField(_l("Scope"), choices=[SelectChoice(name, label) for name, label in SCOPES.items()])
    basis = StringField(_l("Basis, where the form has no rate"), [SHORT], filters=[trimmed])
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say in a sentence why.")), REASON], filters=[trimmed])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((_(form.label), name) for name, form in rules.FORMS.items())
        self.form.choices = [SelectChoice(name, label) for label, name in named]


class TargetForm(FlaskForm):
    """A target for an employment type from a day on."""

    employment = SelectField(_l("Employment"), choices=[SelectChoice(one, one) for one in targets.EMPLOYMENTS])
    first = DateField(_l("First day"), A_DAY)
    year = SelectField(_l("Year that counts"), choices=[SelectChoice(name, label) for name, label in YEARS.items()])
    least = StringField(_l("Least JP a year"), filters=[trimmed])
    notice = StringField(_l("Say so above, JP"), [Optional()], filters=[trimmed])
    basis = StringField(_l("Legal basis"), [InputRequired(_l("Name the regulation.")), SHORT], filters=[trimmed])

    def validate_least(self, field: StringField) -> None:
        """Empty, or a number above zero."""
        _check(field.data)

    def validate_notice(self, field: StringField) -> None:
        """Empty, or a number above zero."""
        _check(field.data)

    def target(self) -> targets.Target:
        """What was typed."""
        return targets.Target(self.employment.data, self.first.data, self.year.data, number(self.least.data), number(self.notice.data),
                              self.basis.data)


def number(text: str | None) -> Decimal | None:
    """The number typed, with a comma or a point; None without one."""
    return drafts.read_number(text) if text else None


def days_of(days: list[str], amounts: list[str]) -> tuple[tuple[date, Decimal], ...] | None:
    """The days with their amounts, empty rows left out; None if one cannot be read, or there is none."""
    found = []
    for day, amount in zip(days, amounts, strict=False):
        if not day.strip() and not amount.strip():
            continue
        read, counted = drafts.read_day(day), drafts.read_number(amount.strip())
        if read is None or not counted:
            return None
        found.append((read, counted))
    return tuple(found) or None


def _check(text: str | None) -> None:
    if text and not number(text):
        raise ValidationError(_l("Write a number above zero, or leave it empty."))
