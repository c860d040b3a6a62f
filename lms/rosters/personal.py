"""What the room of imports gives out about a person. Files wait a day at most; what they list is others' data and is not given out."""

from sqlalchemy import delete

from lms.base.db import db
from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.people.events import PersonErased
from lms.rosters.models import ImportFile

PART = Part("rosters", (
    Given("import_files", N_("Files sent for an import"), (
        ("name", ImportFile.name, N_("File")), ("kind", ImportFile.kind, N_("Kind")), ("size", ImportFile.size, N_("Size in bytes")),
        ("created_at", ImportFile.created_at, N_("When it was sent")), ("done_at", ImportFile.done_at, N_("When it was imported")),
    ), lambda person: ImportFile.person_id == person, frozenset({"import_files.person_id"}), ImportFile.id),
), withheld={
    "column_mappings.saved_by": "what a column means is about files, not about people",
})


def on_person_erased(fact: PersonErased) -> None:
    """Reaction: forget the files that she sent."""
    db.session.execute(delete(ImportFile).where(ImportFile.person_id == fact.person_id))
