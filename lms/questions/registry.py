"""The question types. A new one is a module, a template of its name and a line here."""

from lms.questions import cloze, essay, match, multiple, numeric, order, short, single
from lms.questions.contract import QuestionType

TYPES: dict[str, QuestionType] = {kind.NAME: kind for kind in (single, multiple, short, numeric, match, order, cloze, essay)}
NOT_YET = ("categorize", "hotspot", "upload", "scale")
