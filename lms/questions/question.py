"""A question as it is stored with an attempt: what is asked, what is right, and the revision that names both."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Face = dict[str, Any]
Key = dict[str, Any]
Response = dict[str, Any]
Arrangement = dict[str, Any]


class BadResponse(ValueError):
    """Fields that the question's form cannot have produced; `code` says in what way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a quiz. `face` may be shown to the learner at any time, `key` only when feedback may be shown."""

    id: str
    type: str
    title: str
    points: Decimal
    tags: tuple[str, ...]
    face: Face
    key: Key
    revision: str

    def to_json(self) -> dict[str, Any]:
        """Plain values from which `from_json` makes an equal question."""
        return {
            "id": self.id, "type": self.type, "title": self.title, "points": str(self.points), "tags": list(self.tags),
            "face": self.face, "key": self.key, "revision": self.revision,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Question":
        """The question that `to_json` described."""
        return cls(**{**stored, "points": Decimal(stored["points"]), "tags": tuple(stored["tags"])})


def revision_of(content: object) -> str:
    """32 hexadecimal digits that change with anything in `content` (plain JSON values)."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def short_hash(text: str) -> str:
    """8 hexadecimal digits that identify `text`, runs of space counting as one."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]
