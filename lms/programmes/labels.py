"""What the authors' and the rules' keywords are called on a page."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "struktural": _l("Structural leadership"), "manajerial": _l("Managerial"), "teknis": _l("Technical"), "fungsional": _l("Functional"),
    "sosial-kultural": _l("Sociocultural"), "umum": _l("General"),
}
STATES = {"new": _l("Not started"), "going": _l("In progress"), "done": _l("Completed"), "expired": _l("To be renewed")}
WEAVES = {"struktural": "k1", "manajerial": "k1", "teknis": "k2", "fungsional": "k3", "umum": "k3", "sosial-kultural": "k4"}
ITEM_KINDS = {"module": _l("Module"), "seminar": _l("Seminar"), "external": _l("Training elsewhere")}
