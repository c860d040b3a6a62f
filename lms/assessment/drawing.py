"""Which questions an attempt has, in which order, with which order inside: drawn once and then frozen."""

import random
from dataclasses import dataclass
from typing import Any

from lms.content.catalog import Pool, Quiz
from lms.questions import TYPES, Question


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question of an attempt; `position` counts from 1, `pool` is the index of its pool in the quiz."""

    position: int
    pool: int
    question: Question
    arrangement: Any


def draw(quiz: Quiz, rng: random.Random) -> tuple[Drawn, ...]:
    """The questions of one attempt, in order. The same random state gives the same attempt."""
    shuffle = quiz.settings.shuffle
    picked = [(index, question) for index, pool in enumerate(quiz.pools) for question in _from_pool(pool, shuffle, rng)]
    return tuple(
        Drawn(position, index, question, TYPES[question.type].arrange(question.face, shuffle=shuffle, rng=rng))
        for position, (index, question) in enumerate(picked, start=1)
    )


def _from_pool(pool: Pool, shuffle: bool, rng: random.Random) -> list[Question]:
    places = list(range(len(pool.questions)))
    if pool.draw is not None:
        places = rng.sample(places, min(pool.draw, len(places)))
    if shuffle:
        rng.shuffle(places)
    else:
        places.sort()
    return [pool.questions[place] for place in places]
