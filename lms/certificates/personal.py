"""What the room of certificates gives out about a person.

Nothing goes when her data are erased: a certificate is an official record (UU 43/2009, PerANRI 22/2017), and whoever was shown one must be
able to verify it as long as it exists. Its snapshot keeps name and NIP for that; in public the NIP is masked.
"""

from lms.base.personal import Given, Part
from lms.base.texts import N_
from lms.certificates.models import Certificate

PART = Part("certificates", (
    Given("certificates", N_("Certificates and what they say"), (
        ("number", Certificate.number, N_("Number")), ("serial", Certificate.serial, N_("Code for verification")),
        ("module", Certificate.module_id, N_("Module")), ("programme", Certificate.programme_id, N_("Programme")),
        ("issued_at", Certificate.issued_at, N_("Issued")),
        ("valid_until", Certificate.valid_until, N_("Valid until")),
        ("state", Certificate.state, N_("State: issued, revoked or superseded")),
        ("ended_at", Certificate.ended_at, N_("When it was revoked or superseded")), ("reason", Certificate.reason, N_("Reason")),
        ("content", Certificate.snapshot, N_("What the certificate says")),
    ), lambda person: Certificate.person_id == person, frozenset({"certificates.person_id", "certificates.enrolment_id"}), Certificate.id),
))
