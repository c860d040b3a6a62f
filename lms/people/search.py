"""Finding people among a hundred thousand: by parts of name or NIP, within the units that the reader may see.

Each word of what was typed must stand somewhere in the name or the NIP, in any order; a word of one or two signs is the beginning
of a word. Whose name begins with the text comes first. SQLite looks through the trigrams of `find_persons` (see migration 0010),
PostgreSQL through indexes of pg_trgm where it has them. Long lists are not counted to the end: see `Found.many`.

Statements are built once for each shape of a question, because building one costs as much as running it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
    union,
)

from lms.base import clock
from lms.base.db import db
from lms.people import names
from lms.people.models import Grant, Person, Unit
from lms.people.roles import WHOLE

PAGE = 50
MOST = 250  # people whom a search by text looks at: five pages, then more of the name must be typed
COUNTED = 1000  # people whom the list without a text counts
NARROW = 1500  # so many people are read one by one sooner than their trigrams are
LAST = "\U0010ffff"
LEARNER = "learner"
MOST_WORDS = 6
MATCHED = 6  # signs of a word that are looked for by trigrams; comparing the rest with the few that are left costs less
WHOLE_NIP = 18
BY_TRIGRAMS = frozenset({"short-name", "name", "long-name", "digits"})
TRIGRAMS = table("find_persons", column("rowid"))
_person, _unit, _grant = Person.__table__.c, Unit.__table__.c, Grant.__table__.c


@dataclass(frozen=True, slots=True)
class Wish:
    """Which people are asked for. `within` are the paths of the units the reader may see; `active` is "yes", "no" or "" for both."""

    within: tuple[str, ...] = (WHOLE,)
    text: str = ""
    unit_id: int | None = None
    role: str = ""
    active: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows (id, nip, name, position, active, merged_into, has_password, unit, roles, hits), and how many people fit.

    With `many` there are more than `count`: with a text only so many are listed. `roles` are names with commas between, or None.
    """

    rows: Sequence[Any]
    count: int
    many: bool

    @property
    def pages(self) -> int:
        """How many pages there are to turn."""
        return max(1, -(-self.count // PAGE))


def find(wish: Wish) -> Found:
    """One page of the people who fit. One query with a text, two without; one more if the reader or the wish is bound to units."""
    asked = _Asked.of(wish)
    if asked is None:
        return Found((), 0, many=False)
    given = {**asked.parameters(wish), "first": (wish.page - 1) * PAGE}
    if not asked.words:
        counted = db.session.scalar(_count(asked), given) or 0
        rows = db.session.execute(_browsed(asked), given).all()
        return Found(rows, min(counted, COUNTED), many=counted > COUNTED)
    narrow = asked.bound and (db.session.scalar(_reached(asked), given) or 0) <= NARROW
    rows = db.session.execute(_hit(asked, narrow, db.engine.dialect.name), given).all()
    counted = rows[0].hits if rows else 0
    return Found(rows, min(counted, MOST), many=counted > MOST)


def everybody(wish: Wish) -> Iterator[Any]:
    """All who fit, by name, for a file: rows as of `find` with employment, rank and email. One query, read in pieces."""
    asked = _Asked.of(wish)
    if asked is None:
        return
    wanted = (
        select(*SHOWN, _person.employment, _person.rank, _person.email)
        .join_from(Person.__table__, Unit.__table__, _unit.id == _person.unit_id)
        .where(*_conditions(asked), *_holds(asked)).order_by(_person.sought, _person.id).execution_options(yield_per=500)
    )
    yield from db.session.execute(wanted, asked.parameters(wish))


def same_name(name: str, *, but: int | None = None) -> Sequence[Any]:
    """Rows (id, name) of people whose name is written differently and reads the same, letters of other scripts included. One query."""
    same = (_person.sought == names.sought(name), _person.id != (but or 0))
    rows = db.session.execute(select(_person.id, _person.name).where(*same).order_by(_person.id).limit(50))
    return [row for row in rows if names.letters(row.name) != names.letters(name)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question without its values, as far as it decides how the statement looks: of each word whether it is "name" or "digits" and
    whether it is "short"; how many paths bound the reader."""

    words: tuple[str, ...]
    paths: int
    unit: bool
    role: str
    active: str
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, wish: Wish) -> "_Asked | None":
        """None if a text was typed that holds no letter or digit at all."""
        digits = "".join(wish.text.split())
        texts = (digits,) if digits.isascii() and digits.isdigit() else tuple(dict.fromkeys(names.words(wish.text)))[:MOST_WORDS]
        if wish.text.strip() and not texts:
            return None
        return cls(tuple(map(_kind, texts)), 0 if WHOLE in wish.within else len(wish.within) or -1, wish.unit_id is not None,
                   wish.role if wish.role in {"", LEARNER} else "held", wish.active, texts)

    @property
    def bound(self) -> bool:
        """Whether only some units are in reach."""
        return self.paths != 0 or self.unit

    def parameters(self, wish: Wish) -> dict[str, Any]:
        """The values of the statement."""
        given: dict[str, Any] = {"today": clock.today(), "unit": wish.unit_id, "role": wish.role, "match": self._match()}
        for number, path in enumerate(wish.within):
            given |= {f"path{number}": path, f"behind{number}": path + LAST}
        for number, text in enumerate(self.texts):
            part = f"{text}%" if len(text) < 3 else f"%{text}%"
            given |= {f"word{number}": f"%{_part(text)}%", f"nip{number}": part, f"digits{number}": text}
        if self.texts:
            word = self.texts[0]
            given |= {"begin": f"  {word}", "end": f"  {word}{LAST}", "nip_begin": word, "nip_end": word + LAST}
        return given

    def _match(self) -> str:
        parts = ((text[:MATCHED] if kind == "long-name" else _part(text), kind) for text, kind in zip(self.texts, self.words, strict=True))
        return " ".join(f'"{part}"' for part, kind in parts if kind in BY_TRIGRAMS)

    def shape(self) -> tuple[Any, ...]:
        return (self.words, self.paths, self.unit, self.role, self.active)

    def __hash__(self) -> int:
        return hash(self.shape())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.shape() == other.shape()


def _kind(word: str) -> str:
    if not (word.isascii() and word.isdigit()):
        return "short-name" if len(word) < 3 else "name" if len(word) <= MATCHED else "long-name"
    return "short-digits" if len(word) < 3 else "whole-digits" if len(word) >= WHOLE_NIP else "digits"


def _part(word: str) -> str:
    """What of `sought` a word is: trigrams need three signs, so that a shorter word takes the spaces before it along."""
    return word if len(word) > 2 else word.rjust(3)


def _live() -> ColumnElement[bool]:
    today: Any = bindparam("today")
    return and_(_grant.ended_at.is_(None), _grant.starts_on <= today, or_(_grant.ends_on.is_(None), _grant.ends_on >= today))


ROLES_HELD = (
    select(func.aggregate_strings(_grant.role, ",")).where(_live(), _grant.person_id == _person.id).correlate(Person.__table__)
    .scalar_subquery().label("roles")
)
SHOWN = (
    _person.id, _person.nip, _person.name, _person.position, _person.active, _person.merged_into,
    _person.password_hash.is_not(None).label("has_password"), _unit.name.label("unit"), ROLES_HELD,
)


@lru_cache(maxsize=256)
def _hit(asked: _Asked, narrow: bool, dialect: str) -> Select[Any]:
    """One page of those whose name or NIP holds all words, with the number of `hits`."""
    people = select(_person.id, _person.sought, _begins(asked).label("begins")).where(*_conditions(asked))
    if narrow:
        hits = people.where(*_holds(asked)).limit(MOST + 1).cte("hits")
    else:
        holding = people.where(*_holds(asked, dialect))
        if dialect == "sqlite" and _has_match(asked):
            holding = holding.select_from(TRIGRAMS.join(Person.__table__, _person.id == TRIGRAMS.c.rowid))
        anywhere = holding.limit(MOST + 1).cte("anywhere")
        too_many = select(func.count()).select_from(anywhere).scalar_subquery() > MOST  # else all who begin with it are among them
        first = people.where(too_many, _begins(asked), *_holds(asked)[1:]).order_by(_person.sought).limit(MOST + 1).subquery()
        hits = union(*(select(part.c.id, part.c.sought, part.c.begins) for part in (first, anywhere))).cte("hits")
    order = (case((hits.c.begins, 0), else_=1), hits.c.sought, hits.c.id)
    counted = select(func.count()).select_from(hits).scalar_subquery()
    page = select(*(hits.c[name] for name in ("id", "sought", "begins")), counted.label("hits")).order_by(*order)
    chosen = page.limit(PAGE).offset(bindparam("first")).where(bindparam("first") < MOST).subquery()
    return (
        select(*SHOWN, chosen.c.hits).join_from(chosen, Person.__table__, _person.id == chosen.c.id)
        .join(Unit.__table__, _unit.id == _person.unit_id).order_by(case((chosen.c.begins, 0), else_=1), _person.sought, _person.id)
    )


@lru_cache(maxsize=64)
def _browsed(asked: _Asked) -> Select[Any]:
    page = select(_person.id).where(*_conditions(asked)).order_by(_person.sought, _person.id)
    chosen = page.limit(PAGE).offset(bindparam("first")).subquery()
    return (
        select(*SHOWN, literal_column("0").label("hits")).join_from(chosen, Person.__table__, _person.id == chosen.c.id)
        .join(Unit.__table__, _unit.id == _person.unit_id).order_by(_person.sought, _person.id)
    )


@lru_cache(maxsize=64)
def _count(asked: _Asked) -> Select[Any]:
    return select(func.count()).select_from(select(_person.id).where(*_conditions(asked)).limit(COUNTED + 1).subquery())


@lru_cache(maxsize=64)
def _reached(asked: _Asked) -> Select[Any]:
    """How many people the reader's and the wish's units hold, counted up to a little more than NARROW."""
    return select(func.count()).select_from(select(_person.id).where(*_reach(asked)).limit(NARROW + 1).subquery())


def _begins(asked: _Asked) -> ColumnElement[bool]:
    """Whether a name, or a NIP, begins with the first word."""
    if not asked.words[0].endswith("digits"):
        return and_(_person.sought >= bindparam("begin"), _person.sought < bindparam("end"))
    return and_(_person.nip >= bindparam("nip_begin"), _person.nip < bindparam("nip_end"))


def _has_match(asked: _Asked) -> bool:
    return not BY_TRIGRAMS.isdisjoint(asked.words)


def _holds(asked: _Asked, dialect: str = "") -> list[ColumnElement[bool]]:
    """The conditions that every word is held, in order; on SQLite by trigrams if the dialect is named."""
    matched = dialect == "sqlite"
    exact = BY_TRIGRAMS - {"long-name"} if matched else frozenset[str]()
    found = [_held(number, kind) for number, kind in enumerate(asked.words) if kind not in exact]
    if matched and _has_match(asked):
        found.append(literal_column("find_persons").op("MATCH")(bindparam("match")))
    return found


def _held(number: int, kind: str) -> ColumnElement[bool]:
    if kind == "whole-digits":
        return _person.nip == bindparam(f"digits{number}")
    by_name = _person.sought.like(bindparam(f"word{number}"))
    return or_(by_name, _person.nip.like(bindparam(f"nip{number}"))) if kind.endswith("digits") else by_name


def _conditions(asked: _Asked) -> Iterator[ColumnElement[bool]]:
    yield from _reach(asked)
    held = select(_grant.id).where(_live(), _grant.person_id == _person.id).correlate(Person.__table__)
    if asked.role:
        yield not_(held.exists()) if asked.role == LEARNER else held.where(_grant.role == bindparam("role")).exists()
    if asked.active:
        yield _person.active.is_(asked.active == "yes")


def _reach(asked: _Asked) -> Iterator[ColumnElement[bool]]:
    if not asked.bound:
        return
    paths = [and_(_unit.path >= bindparam(f"path{number}"), _unit.path < bindparam(f"behind{number}"))
             for number in range(max(asked.paths, 0))]
    units = select(_unit.id).where(or_(*paths) if paths else true() if asked.paths == 0 else literal_column("1 = 0"))
    if asked.unit:
        above = Unit.__table__.alias("above")
        units = units.where(_unit.path.startswith(select(above.c.path).where(above.c.id == bindparam("unit")).scalar_subquery()))
    yield _person.unit_id.in_(units)
