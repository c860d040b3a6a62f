"""Questions: one module for each type, and what an answer to it earns. Pure: no database, no web.

A question has a *face* (what the learner's page needs) and a *key* (what stays on the server until feedback may be shown).
Words: question = soal, option = pilihan, blank = isian, key = kunci, share = bagian nilai, hint = petunjuk,
explanation = pembahasan.
Promises: nothing of the key is in the face; the share an answer earns is an exact fraction from -1 to 1; both survive JSON.
"""

from lms.questions.question import BadResponse, Question
from lms.questions.registry import NOT_YET, TYPES

__all__ = ["NOT_YET", "TYPES", "BadResponse", "Question"]
