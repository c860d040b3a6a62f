"""Shape of what is sent when importing."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectChoice, SelectField

from lms.people.queries import UnitPlace
from lms.people.roles import WHOLE
from lms.rosters import queries

EVERYBODY = "all"


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A file, what it lists, and of whom it says that it lists them all."""

    kind = RadioField(_l("What the file lists"), default="people",
                      choices=[SelectChoice("people", _l("People")), SelectChoice("units", _l("Units"))])
    file = FileField(_l("File"), [FileRequired(_l("Choose a CSV or XLSX file."))])
    scope = SelectField(_l("Does it list everybody?"), default="")

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the scope its choices, in the order of the tree."""
        self.scope.choices = [
            SelectChoice("", _l("No: who is not in the file stays")), SelectChoice(EVERYBODY, _l("Yes, everybody of the agency")),
            *(SelectChoice(str(unit.id), _l("Yes, everybody of %(unit)s", unit=f"{'– ' * unit.depth}{unit.name}")) for unit in units),
        ]

    def scope_path(self) -> str:
        """The path of the unit all of whose people are listed: the whole agency, or "" for nobody."""
        if self.kind.data == "units" or not self.scope.data:
            return ""
        return WHOLE if self.scope.data == EVERYBODY else queries.unit_path(int(self.scope.data))


def scope_choice(path: str) -> str:
    """The choice of the field `scope` that led to a path."""
    return EVERYBODY if path == WHOLE else path.strip("/").rpartition("/")[2]
