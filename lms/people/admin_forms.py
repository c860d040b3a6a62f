"""Shape of what an administrator types about people."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from lms.people.models import EMPLOYMENTS
from lms.people.queries import UnitPlace
from lms.people.roster import LONGEST

ROLE_LABELS = {"learner": _l("Learner"), "trainer": _l("Trainer"), "supervisor": _l("Supervisor"), "admin": _l("Administrator")}
def trimmed(text: str | None) -> str:
    """The text without space around it."""
    return (text or "").strip()


TOO_LONG = Length(max=LONGEST, message=_l("Use at most %(max)d characters."))


def in_tree(units: list[UnitPlace]) -> list[SelectChoice]:
    """The choices of a field for a unit."""
    return [SelectChoice(unit.id, f"{'– ' * unit.depth}{unit.name}") for unit in units]


class PersonForm(FlaskForm):  # type: ignore[misc]
    """What an administrator may change of a person; the NIP stays."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the name with its titles.")), TOO_LONG], filters=[trimmed])
    unit_id = SelectField(_l("Unit"), coerce=int)
    position = StringField(_l("Position"), [TOO_LONG], filters=[trimmed])
    rank = StringField(_l("Rank"), [TOO_LONG], filters=[trimmed])
    employment = SelectField(_l("Employment"), choices=[SelectChoice(name, name) for name in EMPLOYMENTS])
    contract_start = DateField(_l("Start of the agreement"), [Optional()])
    role = SelectField(_l("Role"), choices=[SelectChoice(role, label) for role, label in ROLE_LABELS.items()])
    email = StringField(_l("E-mail"), [Optional(), TOO_LONG,
                                           Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("Write it as name@office.go.id."))],
                        filters=[lambda text: trimmed(text) or None])

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the unit field its choices, in the order of the tree."""
        self.unit_id.choices = in_tree(units)

    def values(self) -> dict[str, object]:
        """The columns to write."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A file of people."""

    file = FileField(_l("CSV file"), [FileRequired(_l("Choose a CSV file."))])


class CodesForm(FlaskForm):  # type: ignore[misc]
    """A unit whose people need codes."""

    unit_id = SelectField(_l("Unit"), coerce=int)

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the unit field its choices, in the order of the tree."""
        self.unit_id.choices = in_tree(units)
