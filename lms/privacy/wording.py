"""What the pages about personal data say that is not a template: who sees what, and names of rooms."""

from collections.abc import Mapping
from datetime import date

from lms.base.texts import N_
from lms.people.roles import Permission, Role

NOTICE_DATE = date(2026, 3, 1)  # change it with the words of the notice
# What these permit shows nobody's data; every other permission is told in the notice.
IMPERSONAL = frozenset({"units.manage", "module.preview", "content.mistakes", "notices.manage", "surveys.manage"})
ROOMS: Mapping[str, str] = {
    "people": N_("Your record"), "accounts": N_("Signing in"), "rosters": N_("Imports"), "notifications": N_("Notices and mail"),
    "learning": N_("Learning"), "assessment": N_("Quizzes"), "certificates": N_("Certificates"), "hours": N_("Learning hours (JP)"),
    "competencies": N_("Competencies"), "claims": N_("Outside certificates"), "programmes": N_("Programmes"),
    "assignments": N_("Assignments"), "seminars": N_("Seminars"), "partners": N_("Degree studies"), "privacy": N_("Log and requests"),
}


def who_sees(roles: Mapping[str, Role], permissions: Mapping[str, Permission]) -> list[tuple[str, list[str]]]:
    """For each role that shows somebody's data: its label and the labels of what it permits, in the order of the tables."""
    found = []
    for role in roles.values():
        seen = [one.label for name, one in permissions.items() if name in role.permissions and name not in IMPERSONAL]
        if seen:
            found.append((role.label, seen))
    return found
