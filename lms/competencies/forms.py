"""Shape of what is typed about competencies."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, Field, Form, FormField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.base import clock
from lms.competencies.dictionary import LEVEL_NAMES, Competency
from lms.people.admin_forms import TOO_LONG, in_our_time, trimmed
from lms.people.careers import POSITION_KINDS

LONG = Length(max=1000, message=_l("Use at most %(max)d characters."))
NINE_AT_ONCE = "nine"
MOST_INDICATORS = 12


def level_choices() -> list[SelectChoice]:
    """Levels with their names."""
    return [SelectChoice(str(number), f"{number} · {_(name)}") for number, name in LEVEL_NAMES.items()]


def competency_choices(there: Iterable[Competency]) -> list[SelectChoice]:
    """Competencies with their codes."""
    return [SelectChoice(one.code, f"{one.code} · {one.name}") for one in there]


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """What a supervisor says of a level; the ticked indicators are read beside it."""

    level = SelectField(_l("Level that she holds"))
    note = TextAreaField(_l("What you saw (optional)"), [LONG], filters=[trimmed])

    def offer(self) -> None:
        """Give the level its choices."""
        self.level.choices = level_choices()


class EvidenceForm(FlaskForm):  # type: ignore[misc]
    """Evidence that an officer enters."""

    code = SelectField(_l("Competency"))
    level = SelectField(_l("Level"))
    kind = SelectField(_l("Kind of evidence"))
    title = StringField(_l("Title"), [InputRequired(_l("Write what it is called.")), TOO_LONG], filters=[trimmed])
    source = StringField(_l("Issued by"), [InputRequired(_l("Write who issued it.")), TOO_LONG], filters=[trimmed])
    number = StringField(_l("Number"), [InputRequired(_l("Write its number; the same evidence is not entered twice.")), TOO_LONG],
                         filters=[trimmed])
    on_day = DateField(_l("Day"), [InputRequired(_l("Choose a day.")), in_our_time])
    valid_until = DateField(_l("Valid until (optional)"), [Optional(), in_our_time])
    note = TextAreaField(_l("Note (optional)"), [LONG], filters=[trimmed])

    def offer(self, there: Iterable[Competency]) -> None:
        """Give the fields their choices."""
        self.code.choices, self.level.choices = competency_choices(there), level_choices()
        self.kind.choices = [SelectChoice("certificate", _("Outside certificate")), SelectChoice("seminar", _("Seminar")),
                             SelectChoice("assessment", _("Assessment centre"))]

    def validate_valid_until(self, field: Field) -> None:
        """It ends after it begins."""
        if field.data and self.on_day.data and field.data < self.on_day.data:
            raise ValidationError(_("The end lies before the day of the evidence. Choose a later end."))


class RequirementForm(FlaskForm):  # type: ignore[misc]
    """What a kind of position, or one exact position, requires from a day on."""

    code = SelectField(_l("Competency"))
    position_kind = SelectField(_l("Kind of position"))
    position = StringField(_l("Or one position, exactly as it is recorded"), [TOO_LONG], filters=[trimmed],
                           render_kw={"list": "positions"})
    level = SelectField(_l("Level that is required"))
    from_on = DateField(_l("Holds from"), [InputRequired(_l("Choose a day.")), in_our_time], default=clock.today)
    basis = StringField(_l("Basis"), [InputRequired(_l("Write the decision or standard it rests on.")), TOO_LONG], filters=[trimmed])

    def offer(self, there: Iterable[Competency]) -> None:
        """Give the fields their choices."""
        self.code.choices = [SelectChoice(NINE_AT_ONCE, _("All nine of PermenPANRB 38/2017")), *competency_choices(there)]
        self.position_kind.choices = [
            SelectChoice("", _("None: one position, below")), *(SelectChoice(kind, _(one.label)) for kind, one in POSITION_KINDS.items())]
        self.level.choices = [*level_choices(), SelectChoice("0", _("No own level any more: the wider rule holds"))]

    def validate_position(self, field: Field) -> None:
        """Either a kind or a position."""
        if bool(field.data) == bool(self.position_kind.data):
            raise ValidationError(_("Choose a kind of position, or write one position; not both."))


class LevelForm(Form):
    """One level of a technical competency; each line is an indicator."""

    description = TextAreaField(_l("Description"), [InputRequired(_l("Describe the level in a sentence.")), LONG], filters=[trimmed])
    indicators = TextAreaField(_l("Indicators, one in each line"), [Length(max=4000, message=_l("Use at most %(max)d characters."))],
                               filters=[trimmed])

    def validate_indicators(self, field: Field) -> None:
        """Not more than somebody can judge."""
        if len(lines(field.data)) > MOST_INDICATORS:
            raise ValidationError(_("Write at most %(most)s indicators for one level.", most=MOST_INDICATORS))


class TechnicalForm(FlaskForm):  # type: ignore[misc]
    """A technical competency of the agency; the code is written once."""

    code = StringField(_l("Code"), [InputRequired(_l("Write a code.")), Regexp(
        r"[A-Za-z0-9][A-Za-z0-9.-]{0,29}$", message=_l("Use letters, digits, dots and hyphens, at most 30, for example T.01."))],
        filters=[trimmed])
    name = StringField(_l("Name"), [InputRequired(_l("Write the name of the competency.")), TOO_LONG], filters=[trimmed])
    definition = TextAreaField(_l("Definition"), [InputRequired(_l("Write what it is.")), LONG], filters=[trimmed])
    level1, level2, level3 = FormField(LevelForm), FormField(LevelForm), FormField(LevelForm)
    level4, level5 = FormField(LevelForm), FormField(LevelForm)

    @property
    def levels(self) -> tuple[FormField, ...]:
        """The five levels in their order."""
        return self.level1, self.level2, self.level3, self.level4, self.level5

    def given(self) -> dict[str, Any]:
        """What is to be written."""
        return {"code": self.code.data, "name": self.name.data, "definition": self.definition.data, "levels": [
            {"description": one.form.description.data, "indicators": lines(one.form.indicators.data)} for one in self.levels]}


class TableForm(FlaskForm):  # type: ignore[misc]
    """A table to import."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a CSV or XLSX file."))])


def lines(text: str | None) -> list[str]:
    """The lines of a text that hold something."""
    return [line for one in (text or "").splitlines() if (line := " ".join(one.split()))]
