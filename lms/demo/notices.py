"""What the four who sign in were told: some of it read, mail that waits for a server, and one that a server had refused."""

from datetime import timedelta

from sqlalchemy import select, update

from lms.base import clock
from lms.base.db import db
from lms.demo.named import AGUS, BUDI, SARI, WATI
from lms.notifications.models import Mail
from lms.notifications.service import mark_read, notify
from lms.people.models import Person

ADDRESSES = {SARI.nip: "sari.damanik@example.go.id", BUDI.nip: "budi.purba@example.go.id", WATI.nip: "wati.siregar@example.go.id",
             AGUS.nip: "agus.sinaga@example.go.id"}


def write() -> None:
    """Let it happen, in the loading's transaction."""
    ids = {nip: db.session.scalars(select(Person.id).where(Person.nip == nip)).one() for nip in ADDRESSES}
    for nip, address in ADDRESSES.items():
        db.session.execute(update(Person).where(Person.nip == nip).values(email=address))
        mark_read(ids[nip])
    _change(ids[SARI.nip], "password", days_ago=2)
    _change(ids[SARI.nip], "new-device", days_ago=1, where="Chrome, Android, 10.20.1.15")
    _change(ids[WATI.nip], "new-device", days_ago=1, where="Firefox, Windows, 10.20.1.7")
    _change(ids[BUDI.nip], "password", days_ago=1)
    refused = select(Mail.id).where(Mail.person_id == ids[BUDI.nip]).scalar_subquery()
    db.session.execute(update(Mail).where(Mail.id == refused).values(
        state="dead", attempts=1, address=ADDRESSES[BUDI.nip], reason="refused", error="550 5.1.1 No such user here"))


def _change(person_id: int, what: str, *, days_ago: int, where: str = "") -> None:
    with clock.stopped(clock.now() - timedelta(days=days_ago)):
        notify(person_id, "account.changed", change=what, where=where, at=clock.now())
