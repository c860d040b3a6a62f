"""What the author's and the rules' keywords are called on a page."""

from flask_babel import lazy_gettext as _l

CATEGORIES = {
    "manajerial": _l("Managerial"), "teknis": _l("Technical"), "sosial-kultural": _l("Sociocultural"),
    "fungsional": _l("Functional"), "umum": _l("General"),
}
LEVELS = {"dasar": _l("Basic"), "menengah": _l("Intermediate"), "lanjut": _l("Advanced")}
STATES = {"new": _l("Not started"), "reading": _l("In progress"), "done": _l("Completed")}
LESSON_STATES = {
    "done": _l("Done"), "now": _l("You are here"), "open": _l("Not done yet"), "lock": _l("Opens after the lessons before it"),
}
WEAVES = {"manajerial": "k1", "teknis": "k2", "fungsional": "k3", "umum": "k3", "sosial-kultural": "k4"}
