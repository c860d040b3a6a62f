"""How a plan is told: its sections in the order in which they need to be looked at, and the words for what changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from lms.base.texts import N_
from lms.people.careers import POSITION_KINDS
from lms.rosters.columns import PEOPLE
from lms.rosters.plans import Plan


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a plan; `label` is for its tab, `title` for its table, both English msgids."""

    key: str
    label: str
    title: str

    def count(self, plan: Plan) -> int:
        """How many stand in it."""
        if self.key == "mistakes":
            return plan.mistakes.errors
        return plan.mistakes.warnings if self.key == "notes" else plan.of(self.key)


SECTIONS = (
    Section("mistakes", N_("Mistakes"), N_("Cells to mend")),
    Section("leaving", N_("Leaving"), N_("People who are deactivated: they keep their certificates and can come back")),
    Section("returning", N_("Returning"), N_("People who are active again")),
    Section("changed", N_("Changed"), N_("What is different")),
    Section("new", N_("New"), N_("What is not here yet")),
    Section("missing", N_("Not in the file"), N_("Units that the file does not name; they stay as they are")),
    Section("notes", N_("To check"), N_("Worth a look; these rows are imported all the same")),
)
LABELS: Mapping[str, str] = {
    **{name: field.label for name, field in PEOPLE.items()}, "unit_id": N_("Unit"), "supervisor_id": N_("Supervisor"),
    "kind": N_("Kind"), "parent": N_("Unit above"),
}
VALUES: Mapping[str, str] = {"supervisor": N_("Supervisor"), "learner": N_("Learner"), "not in the file": N_("not in the file")}


def tell(field: str, value: str | None = None) -> str:
    """The name of a field, or one of its values, in the reader's language."""
    if value is None:
        return str(_(LABELS.get(field, field)))
    if field == "position_kind" and value in POSITION_KINDS:
        return str(_(POSITION_KINDS[value].label))
    return str(_(VALUES[value])) if field in {"role", "note"} and value in VALUES else value
