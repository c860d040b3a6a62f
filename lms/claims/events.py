"""What happens to training elsewhere that other rooms may want to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutsideTrainingCounted:
    """A training elsewhere counts for a person from now on: by a claim that was accepted, or because an officer entered her.

    `kind` and `key` name it in the ledger of hours ("claim" or "event").
    """

    person_id: int
    kind: str
    key: str
    title: str
    form: str


@dataclass(frozen=True, slots=True)
class OutsideTrainingTakenBack:
    """A training elsewhere that counted for a person does so no more."""

    person_id: int
    kind: str
    key: str
