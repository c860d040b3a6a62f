"""Shape of what is typed about one person's career."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from lms.base import clock
from lms.people import careers
from lms.people.admin_forms import TOO_LONG, in_tree, trimmed
from lms.people.models import EMPLOYMENTS
from lms.people.queries import UnitPlace


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """Where and as what a person works, from a day on."""

    unit_id = SelectField(_l("Unit"), coerce=int)
    position = StringField(_l("Position"), [TOO_LONG], filters=[trimmed])
    position_kind = SelectField(_l("Kind of position"))
    employment = SelectField(_l("Employment"), choices=[SelectChoice(name, name) for name in EMPLOYMENTS])
    rank = SelectField(_l("Rank"))
    from_on = DateField(_l("Holds from"), [InputRequired(_l("Choose a day."))], default=clock.today)
    basis = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed])

    def offer(self, units: list[UnitPlace], now: Any) -> None:
        """Give the fields their choices; what is recorded now stays among them."""
        own = [] if now.unit_id in {unit.id for unit in units} else [SelectChoice(now.unit_id, now.unit)]
        self.unit_id.choices = [*own, *in_tree(units)]
        self.position_kind.choices = [
            SelectChoice("", _("Not recorded")), *(SelectChoice(kind, _(one.label)) for kind, one in careers.POSITION_KINDS.items())]
        odd = [now.rank] if now.rank and now.rank not in careers.PANGKAT and now.rank not in careers.ROMAN else []
        self.rank.choices = [
            SelectChoice("", _("Not recorded")), *(SelectChoice(rank, rank) for rank in odd),
            *(SelectChoice(rank, careers.shown_rank(rank), optgroup="PNS") for rank in careers.PANGKAT),
            *(SelectChoice(rank, rank, optgroup="PPPK") for rank in careers.ROMAN)]

    def values(self) -> dict[str, Any]:
        """What is to be written, the day and the basis aside."""
        return {name: self.data[name] for name in ("unit_id", "position", "position_kind", "employment", "rank")}


class EntryForm(FlaskForm):  # type: ignore[misc]
    """What may be mended of an acting entry."""

    position = StringField(_l("Position"), [TOO_LONG], filters=[trimmed])
    basis = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed])


class ActingForm(FlaskForm):  # type: ignore[misc]
    """In which office a person acts, and for whom."""

    title = RadioField(_l("As"), choices=[
        SelectChoice("plt", _l("Plt.: the office is vacant")), SelectChoice("plh", _l("Plh.: its holder is away for a time"))],
                       default="plt")
    unit_id = SelectField(_l("Unit"), coerce=int)
    position = StringField(_l("Office"), [InputRequired(_l("Write the office, for example Lurah Teladan.")), TOO_LONG], filters=[trimmed])
    stands_in_for = StringField(_l("Stands in for (NIP)"), [Optional(), TOO_LONG], filters=[trimmed])
    from_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))], default=clock.today)
    until_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    basis = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed])

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the field its choices."""
        self.unit_id.choices = in_tree(units)
