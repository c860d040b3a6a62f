"""Facts about certificates that other rooms may react to."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A person has a new certificate of a module or of a programme, whose title is `module`; the other's id is None.

    `replaces` is the serial of the one that it supersedes, if it was issued anew.
    """

    certificate_id: int
    person_id: int
    module_id: str | None
    module: str
    number: str
    serial: str
    valid_until: date | None
    replaces: str | None = None
    programme_id: str | None = None
