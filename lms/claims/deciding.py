"""What officers do with claims: check, accept, return, refuse, take an acceptance back. Each verb is one transaction.

Each names the version that the officer saw; if the claim is another one by now, nothing is done. Nobody decides on her own claim.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.claims import crediting, queries, rules
from lms.claims.events import OutsideTrainingCounted, OutsideTrainingTakenBack
from lms.claims.models import Claim
from lms.hours import service as ledger
from lms.notifications.service import notify


def check(claim_id: int, *, version: int, by: int) -> None:
    """Say that evidence and form agree; the training office may accept now. Raises as `_held`."""
    with transaction():
        row = _held(claim_id, version, by, "check")
        row.state, row.checked_by, row.checked_at, row.version = "checked", by, clock.now(), row.version + 1
        audit.record("claim.checked", f"claim:{row.id}", about=row.person_id, detail={"name": row.title})


def accept(claim_id: int, *, version: int, by: int, basis: str = "") -> Decimal:
    """Enter a claim in the ledger; gives the JP that count.

    `basis` is the rule by which JP are stated for a form that has no rate. Raises as `_held`, or Refused "hours-no-rate".
    """
    with transaction():
        row = _held(claim_id, version, by, "accept")
        row.basis = basis.strip()[:rules.LONGEST_REASON]
        counted = ledger.credit(crediting.of_claim(row))
        _decide(row, "accepted", "", by)
        audit.record("claim.accepted", f"claim:{row.id}", about=row.person_id,
                     detail={"name": row.title, "jp": str(counted), "reason": row.basis})
        publish(OutsideTrainingCounted(row.person_id, crediting.CLAIM, str(row.id), row.title, row.form))
        notify(row.person_id, "claim.accepted", key=f"{row.id}:{row.version}", title=row.title, jp=_shown(counted), claim=row.id)
        return counted


def send_back(claim_id: int, reason: str, *, version: int, by: int) -> None:
    """Return a claim so that its claimant mends it. Raises as `_held`, or Refused "reason-missing"."""
    _refuse(claim_id, "return", "returned", reason, version, by)


def refuse(claim_id: int, reason: str, *, version: int, by: int) -> None:
    """Refuse a claim for good. Raises as `_held`, or Refused "reason-missing"."""
    _refuse(claim_id, "refuse", "refused", reason, version, by)


def revoke(claim_id: int, reason: str, *, version: int, by: int) -> None:
    """Take an acceptance back: the ledger reverses what counted. Raises as `_held`, or Refused "reason-missing"."""
    _refuse(claim_id, "revoke", "refused", reason, version, by)


def accept_many(wanted: Iterable[tuple[int, int]], *, by: int, offered: Iterable[Any]) -> tuple[int, int]:
    """Accept the claims (id, version) of a batch, each in a transaction of its own; gives how many were accepted and how many not.

    `offered` is what the batch was drawn from. Raises Refused "claims-sample" while the officer has not opened the claims of the sample.
    """
    rows = {row.id: row for row in offered}
    chosen = [(number, version) for number, version in wanted if number in rows]
    drawn = rules.sample((number, mark_of(row)) for number, row in rows.items())
    unseen = drawn - queries.looked_at(by, drawn)
    if unseen:
        raise Refused("claims-sample", count=len(unseen))
    done = 0
    for number, version in chosen:
        try:
            accept(number, version=version, by=by)
            done += 1
        except Refused:  # changed meanwhile, or of a form that needs a basis: it stays in the queue, to be looked at alone
            continue
    return done, len(chosen) - done


def mark_of(row: Any) -> str:
    """What a batch is drawn by: when the claim was checked, which its claimant cannot choose."""
    return f"{row.checked_by}:{row.checked_at}"


def _refuse(claim_id: int, act: str, state: str, reason: str, version: int, by: int) -> None:
    text = reason.strip()
    if not 3 <= len(text) <= rules.LONGEST_REASON:
        raise Refused("reason-missing", most=rules.LONGEST_REASON)
    with transaction():
        row = _held(claim_id, version, by, act)
        if act == "revoke":
            ledger.reverse(crediting.CLAIM, str(row.id), reason=text)
            publish(OutsideTrainingTakenBack(row.person_id, crediting.CLAIM, str(row.id)))
        _decide(row, state, text, by)
        done = {"return": "claim.returned", "refuse": "claim.refused", "revoke": "claim.revoked"}[act]
        audit.record(done, f"claim:{row.id}", about=row.person_id, detail={"name": row.title, "reason": text})
        kind = "claim.returned" if act == "return" else "claim.refused"
        notify(row.person_id, kind, key=f"{row.id}:{row.version}", title=row.title, reason=text, claim=row.id)


def _decide(row: Claim, state: str, answer: str, by: int) -> None:
    row.state, row.answer, row.decided_by, row.decided_at, row.version = state, answer, by, clock.now(), row.version + 1


def _held(claim_id: int, version: int, by: int, act: str) -> Claim:
    """The claim under the lock. Raises NotFound, or Refused "claim-own", "claim-changed"."""
    hold(f"claim:{claim_id}")
    row = db.session.get(Claim, claim_id, populate_existing=True)
    if row is None or row.state not in rules.SEEN:
        raise NotFound
    if row.person_id == by:
        raise Refused("claim-own")
    if row.version != version or not rules.may(act, row.state):
        raise Refused("claim-changed")
    return row


def _shown(jp: Decimal) -> str:
    return f"{jp.normalize():f}".replace(".", ",")
