"""What the room of notices gives out about a person, and which of it goes by age. What goes with her data is said in service.py."""

from lms.base.keeping import Ageing, Several
from lms.base.personal import Given, Part, Row
from lms.base.texts import N_
from lms.notifications.kinds import KINDS
from lms.notifications.models import Mail, MailLanguage, Notice, Preference


def _without_secret(row: Row) -> Row:
    """The values without what only the mail itself may hold."""
    secret = KINDS[row["kind"]].secret if row["kind"] in KINDS else ""
    return {**row, "values": {name: value for name, value in row["values"].items() if name != secret}}


PART = Part("notifications", (
    Given("notices", N_("Notices"), (
        ("kind", Notice.kind, N_("Kind")), ("values", Notice.values, N_("What it tells")), ("created_at", Notice.created_at, N_("When")),
        ("read_at", Notice.read_at, N_("When it was read")),
    ), lambda person: Notice.person_id == person, frozenset({"notices.person_id"}), Notice.id, _without_secret),
    Given("mails", N_("Mail, without one-time links"), (
        ("kind", Mail.kind, N_("Kind")), ("values", Mail.values, N_("What it tells")), ("address", Mail.address, N_("E-mail")),
        ("state", Mail.state, N_("State")), ("created_at", Mail.created_at, N_("When")), ("sent_at", Mail.sent_at, N_("When it was sent")),
    ), lambda person: Mail.person_id == person, frozenset({"mails.person_id"}), Mail.id, _without_secret),
    Given("notice_preferences", N_("Wishes how to be told"), (
        ("kind", Preference.kind, N_("Kind")), ("channel", Preference.channel, N_("How: now, digest or off")),
    ), lambda person: Preference.person_id == person, frozenset({"notice_preferences.person_id"}), Preference.kind),
    Given("mail_languages", N_("Language of the mail"), (
        ("language", MailLanguage.language, N_("Language")),
    ), lambda person: MailLanguage.person_id == person, frozenset({"mail_languages.person_id"}), MailLanguage.language),
))
OLD = Several((
    Ageing(Notice, Notice.created_at, lambda: Notice.read_at.is_not(None) & Notice.in_digest.is_(False)),
    Ageing(Mail, Mail.created_at, lambda: Mail.state.in_(("sent", "dropped", "dead"))),
))
