"""Shape of what is typed about units."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.base import clock
from lms.people.admin_forms import TOO_LONG, in_tree, trimmed
from lms.people.queries import UnitPlace

TOP = 0  # the choice "below no unit"


class ActForm(FlaskForm):  # type: ignore[misc]
    """What every act has: its day and what it rests on."""

    from_on = DateField(_l("Holds from"), [InputRequired(_l("Choose a day."))], default=clock.today)
    basis = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed])


class UnitForm(ActForm):
    """A unit's own names."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the full name of the unit.")), TOO_LONG], filters=[trimmed])
    code = StringField(_l("Code"), [InputRequired(_l("Write a code.")), Length(max=50, message=_l("Use at most %(max)d characters."))],
                       filters=[trimmed])
    kind = StringField(_l("Kind"), [InputRequired(_l("Write the kind, for example kelurahan.")), TOO_LONG], filters=[trimmed],
                       render_kw={"list": "kinds"})


class PlacedUnitForm(UnitForm):
    """A new unit, and where it stands."""

    parent_id = SelectField(_l("Below"), coerce=int)

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the field its choices."""
        self.parent_id.choices = [SelectChoice(TOP, _("No unit: it stands at the top")), *in_tree(units)]


class MoveForm(ActForm):
    """Where a unit is to stand."""

    parent_id = SelectField(_l("Below"), coerce=int)

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the field its choices."""
        self.parent_id.choices = [SelectChoice(TOP, _("No unit: it stands at the top")), *in_tree(units)]


class MergeForm(ActForm):
    """Into which unit one goes."""

    into_id = SelectField(_l("Into"), coerce=int)

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the field its choices."""
        self.into_id.choices = in_tree(units)


class EndForm(FlaskForm):  # type: ignore[misc]
    """When a unit ends."""

    last_day = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))], default=clock.today)
    basis = StringField(_l("Number of the decree"), [TOO_LONG], filters=[trimmed])
