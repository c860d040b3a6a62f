"""The Open Badges 3.0 credential that travels inside a certificate's PDF.

It carries no proof of its own: the agency's seal covers the whole PDF, this attachment too. The NIP stands in it only as a salted
hash (1EdTech Open Badges 3.0, IdentityObject), so that somebody who knows the NIP can compare it and nobody can read it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

from lms.base import clock

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
CRITERIA = "Menyelesaikan semua pelajaran wajib modul ini dan memenuhi syarat kelulusannya."
PROGRAMME_CRITERIA = "Menyelesaikan semua butir wajib program ini; daftarnya ada pada sertifikat."

Json = object


def credential(snapshot: Mapping[str, object], *, base_url: str, issued_at: datetime) -> bytes:
    """The AchievementCredential of a snapshot (see pdf.py) as canonical JSON: the same snapshot gives the same bytes.

    `base_url` is the public address without a slash at its end; `valid_until` lasts to the end of that day in the office's zone.
    """
    verify_url = f"{base_url}/verify/{snapshot['serial']}"
    document: dict[str, Json] = {
        "@context": CONTEXTS,
        "id": verify_url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": base_url, "type": ["Profile"], "name": snapshot["office"], "url": base_url},
        "validFrom": _stamp(issued_at),
        "name": snapshot["module"],
        "credentialSubject": _subject(snapshot, base_url),
    }
    if snapshot["valid_until"]:
        last = datetime.combine(date.fromisoformat(str(snapshot["valid_until"])), time(23, 59, 59), clock.OFFICE)
        document["validUntil"] = _stamp(last)
    return canonical(document)


def canonical(document: Json) -> bytes:
    """JSON with sorted names and no spaces, as RFC 8785 has it for documents whose names are ASCII and numbers whole."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hashed_identity(identity: str, salt: str) -> str:
    """The identityHash of an IdentityObject: sha256 over the identity followed by the salt."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def _subject(snapshot: Mapping[str, object], base_url: str) -> Json:
    salt = str(snapshot["serial"])
    is_programme = snapshot.get("kind") == "programme"
    return {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": snapshot["name"]},
            {
                "type": "IdentityObject",
                "identityType": "identifier",
                "hashed": True,
                "salt": salt,
                "identityHash": hashed_identity(str(snapshot["nip"]), salt),
            },
        ],
        "creditsEarned": _credits(snapshot["jp"]),
        "achievement": {
            "id": f"{base_url}/{'programmes' if is_programme else 'modules'}/{snapshot['module_id']}/",
            "type": ["Achievement"],
            "achievementType": "LearningProgram" if is_programme else "Course",
            "inLanguage": "id",
            "name": snapshot["module"],
            "description": f"{snapshot['module']}, {str(snapshot['jp']).replace('.', ',')} jam pelajaran.",
            "criteria": {"narrative": PROGRAMME_CRITERIA if is_programme else CRITERIA},
        },
    }


def _credits(jp: object) -> Json:
    """Hours as a JSON number: whole ones without a fraction, as canonical JSON writes them."""
    hours = Decimal(str(jp))
    return int(hours) if hours == hours.to_integral_value() else float(hours)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
