"""Who may do what: named sets of permissions, each bound to a part of the agency or to a module. Pure.

This table is the only place that says it; the page "Roles" shows it, and a house test proves every address against it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lms.base.texts import N_

Bound = Literal["unit", "module", "agency"]
WHOLE = "/"  # the path that every unit's path begins with


@dataclass(frozen=True, slots=True)
class Permission:
    """Something one may do; `bound` says to what a grant can narrow it. What is bound to the agency is held for all of it or not at all."""

    bound: Bound
    label: str


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions; `binds` is what a grant of it names: a unit with all below it, or a module."""

    label: str
    binds: Literal["unit", "module"]
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Granted:
    """A role in somebody's hands. `unit_path` is WHOLE for the whole agency, `module_id` is None for all modules."""

    role: str
    unit_path: str = WHOLE
    module_id: str | None = None
    behalf_of: int | None = None  # the person stood in for


PERMISSIONS: Mapping[str, Permission] = {
    "office.see": Permission("unit", N_("Open the page Administration")),
    "team.see": Permission("unit", N_("See progress, hours and certificates of a unit, and download them")),
    "delegates.name": Permission("unit", N_("Let somebody stand in for a time")),
    "people.see": Permission("unit", N_("See the records of people")),
    "people.manage": Permission("unit", N_("Change records of people, deactivate them, give codes")),
    "people.import": Permission("agency", N_("Import people and units")),
    "people.merge": Permission("agency", N_("Merge two accounts of one person")),
    "units.manage": Permission("agency", N_("Change the organisation")),
    "roles.see": Permission("agency", N_("See who holds which role")),
    "roles.grant": Permission("agency", N_("Give and end roles")),
    "module.results": Permission("module", N_("See participants and results of a module")),
    "module.mark": Permission("module", N_("Mark essays of a module")),
    "module.attempts": Permission("module", N_("Give an extra attempt")),
    "module.preview": Permission("module", N_("Preview unpublished modules and quizzes")),
    "content.mistakes": Permission("module", N_("See mistakes in the content")),
    "certificates.manage": Permission("agency", N_("Revoke certificates and issue them anew")),
    "audit.read": Permission("agency", N_("Read the audit log")),
    "privacy.see": Permission("agency", N_("See requests about personal data")),
    "privacy.decide": Permission("agency", N_("Decide on requests about personal data, on retention and erasure")),
    "notices.see": Permission("agency", N_("See mail that could not be sent")),
    "notices.manage": Permission("agency", N_("Send mail again or drop it")),
    "jobs.manage": Permission("agency", N_("See failed jobs and run them again")),
    "surveys.manage": Permission("unit", N_("Run surveys of a unit")),
    "training.see": Permission("unit", N_("See plans, assignments and learning hours of a unit")),
    "training.check": Permission("unit", N_("Check outside certificates, verify needs and assign training in a unit")),
    "training.manage": Permission("agency", N_("Run seminars, partners, programmes, conversion rates and the yearly plan")),
    "training.decide": Permission("agency", N_("Decide on the yearly training plan")),
}
READING = frozenset({
    "office.see", "team.see", "people.see", "roles.see", "module.results", "content.mistakes", "audit.read", "privacy.see", "notices.see",
    "training.see",
})
TEACHING = frozenset({"module.results", "module.mark", "module.attempts", "module.preview", "content.mistakes"})
ROLES: Mapping[str, Role] = {  # everybody who signs in is a learner; that needs no grant
    "trainer": Role(N_("Trainer"), "module", TEACHING),
    "marker": Role(N_("Marker"), "module", frozenset({"module.mark"})),
    "supervisor": Role(N_("Supervisor"), "unit", frozenset({"team.see", "training.see", "delegates.name"})),
    "delegate": Role(N_("Delegate of a supervisor"), "unit", frozenset({"team.see", "training.see"})),
    # of a unit: its personnel officer; of the whole agency: the training office (BKPSDM)
    "training-officer": Role(N_("Training officer"), "unit", frozenset({
        "office.see", "team.see", "people.see", "training.see", "training.check", "training.manage"})),
    "training-authority": Role(N_("Deciding official (PPK)"), "unit", frozenset({"office.see", "training.see", "training.decide"})),
    "survey-officer": Role(N_("Survey officer"), "unit", frozenset({"surveys.manage"})),
    "auditor": Role(N_("Auditor"), "unit", READING),
    "admin": Role(N_("Administrator"), "unit", frozenset(PERMISSIONS)),
}


def may(grants: Iterable[Granted], permission: str, *, unit_path: str | None = None, module_id: str | None = None) -> bool:
    """Whether the grants hold a permission: for the unit at a path, for a module, or, if neither is named, for anything at all."""
    return any(_covers(grant, permission, unit_path, module_id) for grant in grants)


def paths(grants: Iterable[Granted], permission: str) -> tuple[str, ...]:
    """The paths of the units, each with all below it, for which a permission is held; (WHOLE,) for the whole agency."""
    found = {grant.unit_path for grant in grants if _covers(grant, permission, None, None)}
    return (WHOLE,) if WHOLE in found else tuple(sorted(found))


def modules(grants: Iterable[Granted], permission: str) -> frozenset[str] | None:
    """The modules for which a permission is held; None for all of them."""
    found = {grant.module_id for grant in grants if _covers(grant, permission, None, None)}
    return None if None in found else frozenset(one for one in found if one is not None)


def covers(mine: Iterable[Granted], theirs: Iterable[Granted]) -> bool:
    """Whether whoever holds `mine` may do all that `theirs` allow: only then may she hand out the key to such an account."""
    held = tuple(mine)
    return all(_holds(held, permission, grant) for grant in theirs for permission in ROLES[grant.role].permissions
               if _covers(grant, permission, None, None))


def _holds(held: tuple[Granted, ...], permission: str, grant: Granted) -> bool:
    if PERMISSIONS[permission].bound != "module":
        return may(held, permission, unit_path=grant.unit_path)
    mine = modules(held, permission)
    return mine is None or grant.module_id in mine


def stands_in_for(grants: Iterable[Granted], permission: str) -> int | None:
    """Whom one stands in for when using a permission that one holds only on somebody's behalf."""
    behalf = [grant.behalf_of for grant in grants if _covers(grant, permission, None, None)]
    return behalf[0] if behalf and None not in behalf else None


def _covers(grant: Granted, permission: str, unit_path: str | None, module_id: str | None) -> bool:
    if permission not in ROLES[grant.role].permissions:
        return False
    bound = PERMISSIONS[permission].bound
    if bound != "unit" and ROLES[grant.role].binds == "unit" and grant.unit_path != WHOLE:
        return False
    if unit_path is not None and not unit_path.startswith(grant.unit_path):
        return False
    return module_id is None or grant.module_id in {None, module_id}
