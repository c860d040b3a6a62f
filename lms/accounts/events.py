"""Facts about accounts that other rooms may react to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A one-time link was made for a person; whoever sends it must not keep the address afterwards.

    `purpose` says what it is for: a first password, another password, or to confirm a new mail address. It goes by mail alone:
    to `to` if that is given (the new address that is to be confirmed), else to the address recorded for the person.
    """

    person_id: int
    purpose: Literal["activation", "reset", "email"]
    address: str
    until: datetime
    to: str | None = None


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """How a person signs in was changed, or was tried; she is told, in case it was not her.

    `what` is one of: "password", "second-step-on", "second-step-off", "second-step-reset" (by an administrator), "second-step-tried"
    (her password was right, five codes were wrong), "recovery-codes" (made anew), "recovery-code-used", "passkey-added",
    "passkey-removed", "new-device", "code-made" (an administrator made a code for another password), "email" (her mail address),
    "provider-linked" (she signed in with the provider for the first time). `to` is where to write to, if not to the address that is
    recorded now: who had her address changed is told at the old one. `where` names browser, system and address, for example
    "Chrome, Android, 10.1.2.3".
    """

    person_id: int
    what: str
    where: str = ""
    to: str | None = None
