"""Shape of what an administrator types about people."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.people import careers, names
from lms.people.models import EMPLOYMENTS
from lms.people.queries import UnitPlace
from lms.people.rules import Nip, read_nip
from lms.web.refusals import SENTENCES

LONGEST = 200


def trimmed(text: str | None) -> str:
    """The text without space around it."""
    return (text or "").strip()


TOO_LONG = Length(max=LONGEST, message=_l("Use at most %(max)d characters."))


def in_our_time(_form: object, field: Field) -> None:
    """Refuse a year with which nothing can be reckoned."""
    if field.data is not None and not 2000 <= field.data.year <= 2199:
        raise ValidationError(_("Choose a day from the year 2000 to 2199."))


def in_tree(units: list[UnitPlace]) -> list[SelectChoice]:
    """The choices of a field for a unit."""
    return [SelectChoice(unit.id, f"{'– ' * unit.depth}{unit.name}") for unit in units]


class PersonForm(FlaskForm):  # type: ignore[misc]
    """What an administrator may change of a person; the NIP stays. `seen` tells what the form was filled from."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the name with its titles."))], filters=[lambda text: names.tidy(text or "")])
    unit_id = SelectField(_l("Unit"), coerce=int)
    position = StringField(_l("Position"), [TOO_LONG], filters=[trimmed])
    position_kind = SelectField(_l("Kind of position"))
    employment = SelectField(_l("Employment"), choices=[SelectChoice(name, name) for name in EMPLOYMENTS])
    rank = SelectField(_l("Rank"))
    contract_start = DateField(_l("Start of the agreement"), [Optional()])
    appointed_on = DateField(_l("Appointed on"), [Optional()])
    email = StringField(_l("E-mail"), [Optional(), TOO_LONG,
                                           Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("Write it as name@office.go.id."))],
                        filters=[lambda text: trimmed(text) or None])
    sure = BooleanField(_l("The name is right as it is written"))
    seen = HiddenField()

    def validate_name(self, field: Field) -> None:
        """Names that nobody could read are refused."""
        if (wrong := names.fault(field.data)) is not None:
            raise ValidationError(_(SENTENCES[wrong], most=names.LONGEST, marks=names.MOST_MARKS))

    def offer(self, units: list[UnitPlace], *, now: Any = None) -> None:
        """Give the fields their choices; what a person has now stays among them."""
        there = {unit.id for unit in units}
        own = [] if now is None or now.unit_id in there else [SelectChoice(now.unit_id, now.unit)]
        self.unit_id.choices = [*own, *in_tree(units)]
        kinds = [SelectChoice(kind, _(one.label)) for kind, one in careers.POSITION_KINDS.items()]
        self.position_kind.choices = [SelectChoice("", _("Not recorded")), *kinds]
        self.rank.choices = list(_ranks("" if now is None else now.rank))

    def values(self) -> dict[str, object]:
        """The columns to write."""
        return {name: value for name, value in self.data.items() if name not in {"csrf_token", "sure", "seen", "nip"}}


class NewPersonForm(PersonForm):
    """Somebody who is not in any list yet."""

    nip = StringField("NIP", [InputRequired(_l("Write the 18 digits of the NIP."))], filters=[trimmed])

    def validate_nip(self, field: Field) -> None:
        """What is wrong with a NIP is said at once."""
        read = read_nip(field.data)
        if not isinstance(read, Nip):
            raise ValidationError(_(SENTENCES[read]))


def _ranks(now: str) -> Iterable[SelectChoice]:
    yield SelectChoice("", _("Not recorded"))
    if now and now not in careers.PANGKAT and now not in careers.ROMAN:
        yield SelectChoice(now, now)
    for rank in careers.PANGKAT:
        yield SelectChoice(rank, careers.shown_rank(rank), optgroup="PNS")
    for rank in careers.ROMAN:
        yield SelectChoice(rank, rank, optgroup="PPPK")
