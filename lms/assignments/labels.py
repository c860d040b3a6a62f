"""What the states and reasons of assignments are called on a page."""

from flask_babel import lazy_gettext as _l

STATES = {
    "non-compliant": _l("Not compliant"), "grace": _l("In grace"), "not-started": _l("Not started"), "in-progress": _l("In progress"),
    "expiring": _l("Expiring soon"), "compliant": _l("Compliant"), "waived": _l("Waived"),
}
BADGES = {  # kind of badge and icon of each state
    "non-compliant": ("bad", "alert"), "grace": ("warn", "clock"), "not-started": ("line", "todo"), "in-progress": ("line", "now"),
    "expiring": ("warn", "clock"), "compliant": ("ok", "check"), "waived": ("line", "ban"),
}
WHY = {
    "left": _l("has left"), "inactive": _l("is not active"), "elsewhere": _l("works outside the unit of the assignment"),
    "no-appointment": _l("has no date of appointment on her record"),
}


def states() -> dict[str, str]:
    """What the states are called in the reader's language."""
    return {name: str(label) for name, label in STATES.items()}


EMPLOYMENTS = ("PNS", "PPPK", "PPPK-PW")
