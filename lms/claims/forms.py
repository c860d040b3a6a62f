"""Shape of what is typed about claims and trainings."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, Field, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.base import clock
from lms.claims.rules import MOST_JP, Told, fault_of_days
from lms.hours.rules import FORMS
from lms.people.admin_forms import in_our_time, trimmed
from lms.web.refusals import SENTENCES

GROUPS = {"classical": _l("Classical"), "nonclassical": _l("Non-classical"), "education": _l("Education")}
SHORT = Length(max=200, message=_l("Use at most %(max)d characters."))
SLIP = 32


class JpField(StringField):
    """JP as they are written here, with a comma or a point."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what is none stays as it was typed."""
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data: Any = None
        if not self.typed:
            return
        plain = self.typed.replace(",", ".")
        if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdecimal() or len(plain) > 9:
            raise ValueError(_("Write a number, for example 20 or 4,5."))
        self.data = Decimal(plain)
        if not 0 < self.data <= MOST_JP:
            self.data = None
            raise ValueError(_("Write a number above 0 and at most %(most)s.", most=MOST_JP))

    def _value(self) -> str:
        typed = getattr(self, "typed", "")
        return typed or (f"{self.data.normalize():f}".replace(".", ",") if self.data is not None else "")


class TrainingFields(FlaskForm):  # type: ignore[misc]
    """What is said of every training."""

    title = StringField(_l("Title of the training"), [SHORT], filters=[trimmed])
    organiser = StringField(_l("Organiser"), [SHORT], filters=[trimmed])
    form = SelectField(_l("Form of training"), validate_choice=False, default="")
    scope = RadioField(_l("Reach"), default="national", choices=[
        SelectChoice("national", _l("National")), SelectChoice("international", _l("International"))])
    from_on = DateField(_l("First day"), [Optional(), in_our_time])
    until_on = DateField(_l("Last day"), [Optional(), in_our_time])
    jp = JpField(_l("JP on the certificate"))
    place = StringField(_l("Place (optional)"), [SHORT], filters=[trimmed])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.choices = [SelectChoice("", _("Choose")), *(
            SelectChoice(name, f"{_(one.label)} ({GROUPS[one.group]})") for name, one in FORMS.items())]

    def validate_form(self, field: Field) -> None:
        """Only a form that there is."""
        if field.data and field.data not in FORMS:
            raise ValidationError(_("Choose the form of training."))

    def validate_from_on(self, field: Field) -> None:
        """A day that has been."""
        _refuse_day(field.data, None)

    def validate_until_on(self, field: Field) -> None:
        """A day that has been, not before the first and not more than a year after it."""
        _refuse_day(field.data, None)
        _refuse_day(self.from_on.data, field.data)


def _refuse_day(first: date | None, last: date | None) -> None:
    fault = fault_of_days(first, last, clock.today())
    if fault:
        raise ValidationError(_(SENTENCES[fault]))


class ClaimForm(TrainingFields):
    """A certificate from elsewhere."""

    number = StringField(_l("Number of the certificate"), [SHORT], filters=[trimmed])
    file = FileField(_l("Photo or PDF of the certificate"))
    slip = HiddenField()

    def told(self) -> Told:
        """What is said and can be kept; what was refused is left out."""
        values = {name: self[name].data for name in Told.__dataclass_fields__ if not self[name].errors}
        return Told(**{name: value for name, value in values.items() if value is not None})

    def mark(self) -> str:
        """The mark of this form, a new one if it came without."""
        sent = self.slip.data or ""
        return sent if len(sent) == SLIP and sent.isalnum() else secrets.token_hex(SLIP // 2)


class TrainingForm(TrainingFields):
    """A training that an officer enters with its participants."""

    title = StringField(_l("Title of the training"), [InputRequired(_l("Write the title of the training.")), SHORT], filters=[trimmed])
    organiser = StringField(_l("Organiser"), [InputRequired(_l("Write who held it.")), SHORT], filters=[trimmed])
    from_on = DateField(_l("First day"), [InputRequired(_l("Choose the first day.")), in_our_time])
    until_on = DateField(_l("Last day"), [InputRequired(_l("Choose the last day.")), in_our_time])
    basis = StringField(_l("Basis (optional)"), [SHORT], filters=[trimmed])
    file = FileField(_l("Evidence, for example the decree or attendance list (optional)"))

    def validate_form(self, field: Field) -> None:
        """A form that there is."""
        if field.data not in FORMS:
            raise ValidationError(_("Choose the form of training."))


class PeopleForm(FlaskForm):  # type: ignore[misc]
    """Who took part: NIPs in a text, or a table with a column of NIPs."""

    nips = TextAreaField(_l("NIPs of the participants"), [Length(max=200_000)], filters=[trimmed])
    file = FileField(_l("Or a CSV or XLSX file with a column NIP"))
