"""Every refusal has a sentence, every sentence has a refusal, and the values it names are given."""

import ast

from lms.web.refusals import SENTENCES
from tests.house.sources import PROGRAM, calls, placeholders, trees


def literal(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_refusal_has_a_sentence() -> None:
    codes = {(path.relative_to(PROGRAM).as_posix(), literal(call)) for path, call in calls("Refused")}

    assert len(codes) > 30
    assert sorted((path, code) for path, code in codes if code and code not in SENTENCES) == []


def test_every_sentence_belongs_to_a_refusal() -> None:
    known = {
        node.value for path, tree in trees() if path.name != "refusals.py"
        for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert sorted(set(SENTENCES) - known) == []


def test_every_value_that_a_sentence_names_is_given_with_the_refusal() -> None:
    short = [
        (path.relative_to(PROGRAM).as_posix(), call.lineno, sorted(wanted)) for path, call in calls("Refused")
        if None not in {keyword.arg for keyword in call.keywords}
        and (wanted := placeholders(SENTENCES.get(literal(call) or "", "")) - {keyword.arg for keyword in call.keywords})
    ]

    assert short == []


def test_sentences_say_what_happened_and_what_to_do() -> None:
    odd = [code for code, sentence in SENTENCES.items() if not sentence.endswith(".") or "!" in sentence or len(sentence.split()) < 4]

    assert odd == []
