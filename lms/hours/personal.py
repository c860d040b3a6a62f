"""What the room of learning hours gives out about a person. All of it stays when her data are erased: the agency has to account for it."""

from sqlalchemy import select

from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.hours.models import Entry, Source, Transcript

_TITLE = select(Source.title).where(Source.id == Entry.source_id).correlate(Entry).scalar_subquery()
PART = Part("hours", (
    Given("jp_sources", N_("What learning hours (JP) were earned by"), (
        ("id", Source.id, N_("Number of the source")), ("kind", Source.kind, N_("Kind")), ("title", Source.title, N_("Title")),
        ("form", Source.form, N_("Form of training")), ("scope", Source.scope, N_("National or international")),
        ("from", Source.from_on, N_("First day")), ("until", Source.until_on, N_("Last day")),
        ("stated", Source.stated, N_("JP on the certificate")), ("basis", Source.basis, N_("Basis")),
        ("made_at", Source.made_at, N_("When it was entered")),
    ), lambda person: Source.person_id == person, frozenset({"jp_sources.person_id"}), Source.id),
    Given("jp_entries", N_("Ledger of learning hours (JP)"), (
        ("source", Entry.source_id, N_("Number of the source")), ("title", _TITLE, N_("Title")), ("kind", Entry.kind, N_("Kind of entry")),
        ("day", Entry.day, N_("Day")), ("raw", Entry.raw, N_("JP by the rate")), ("credited", Entry.credited, N_("JP that count")),
        ("why", Entry.why, N_("Why not all of it counts")), ("rule", Entry.rule, N_("Rates used")), ("note", Entry.note, N_("Note")),
        ("made_at", Entry.made_at, N_("When it was entered")),
    ), lambda person: Entry.person_id == person, frozenset({"jp_entries.person_id", "jp_entries.source_id"}), Entry.id),
    Given("transcripts", N_("Transcripts of learning hours (JP) and what they say"), (
        ("serial", Transcript.serial, N_("Code for verification")), ("from", Transcript.first_on, N_("First day")),
        ("until", Transcript.last_on, N_("Last day")), ("issued_at", Transcript.issued_at, N_("Issued")),
        ("content", Transcript.snapshot, N_("What the transcript says")),
    ), lambda person: Transcript.person_id == person, frozenset({"transcripts.person_id"}), Transcript.id),
), withheld={
    "jp_sources.made_by": "the hours are somebody else's; that one entered them is among one's acts",
    "jp_entries.made_by": "the hours are somebody else's; that one entered them is among one's acts",
    "rates.table_id": "rates are nobody's; who adopted them is among that person's acts",
    "rate_tables.adopted_by": "an act of office; it is among one's acts",
    "transcripts.issued_by": "the transcript is somebody else's; that one issued it is among one's acts",
    "jp_targets.set_by": "an act of office; it is among one's acts",
})
