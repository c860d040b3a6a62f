"""The parts of one question: what is asked, the answers, the closing quotes; and the type that follows from them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markdown_it.tree import SyntaxTreeNode as Node

from lms.content.quiz_blocks import LISTS, Body, Section, is_silent, span
from lms.content.quiz_options import first_task, is_task_list, item_of, options_of, plain_items, report_scattered
from lms.questions import NOT_YET, TYPES, blanks
from lms.questions.essay import is_rubric_line
from lms.questions.quantities import all_quantities
from lms.questions.source import N_, Line, Problems, Source, Table

_CALLOUT = re.compile(r"\[!(\w+)\][ \t]*\n?", re.IGNORECASE)
_ALLOWED = {"- [x]": ("single", "multiple"), "```answer": ("short", "numeric"), "[[ ]]": ("cloze",)}
_OWN_BLOCK: dict[str, tuple[str, ...]] = {"match": ("table",), "order": LISTS, "essay": LISTS}


@dataclass(frozen=True, slots=True)
class Parts:
    """The blocks of a question. `found` says how the answers are written: "- [x]", "```answer", "[[ ]]", or the declared type."""

    found: str
    prompt: Sequence[Node]
    answers: Node | None
    after: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Closing:
    """What the quotes at the end of a question say, as Markdown."""

    explanation: str | None
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A question's type, its source and its closing quotes."""

    type: str
    source: Source
    closing: Closing


def read_question(body: Body, section: Section, render: Callable[[str], str], problems: Problems) -> Read | None:
    """The question under a heading; None where no type can be told (reported)."""
    declared = section.attributes.values.get("type")
    parts = _parts(body, section, declared, problems) if _is_served(section, declared, problems) else None
    if parts is None:
        return None
    closing = _closing(body, parts, problems)
    source = Source(
        line=section.line, title=section.plain, prompt=_prompt(body, section, parts, problems),
        prompt_line=body.line(parts.prompt[0]) if parts.prompt else section.line,
        settings=section.attributes.values, render=render, problems=problems,
    )
    if blanks.find(source.prompt).blanks and parts.found != "[[ ]]":
        _report_two_kinds(section, (parts.found, "[[ ]]"), problems)
        return None
    source = _with_answers(body, parts, source, problems)
    kind = declared or _type_of(parts.found, source)
    if parts.found in _ALLOWED and kind not in _ALLOWED[parts.found]:
        _report_two_kinds(section, (parts.found, f"type={kind}"), problems)
        return None
    return Read(kind, source, closing)


def _is_served(section: Section, declared: str | None, problems: Problems) -> bool:
    if declared is None or declared in TYPES:
        return True
    if declared in NOT_YET:
        problems.error(
            section.line, "type-not-yet", N_("The type “%(type)s” is not yet supported."), N_("Use one of %(known)s."),
            type=declared, known=", ".join(TYPES),
        )
    else:
        problems.error(
            section.line, "unknown-type", N_("The type “%(type)s” is not known."), N_("Use one of %(known)s, or leave type out."),
            type=declared, known=", ".join(TYPES),
        )
    return False


def _parts(body: Body, section: Section, declared: str | None, problems: Problems) -> Parts | None:
    tasks = [node for node in section.nodes if is_task_list(body, node)]
    fences = [node for node in section.nodes if _fence_word(node) == "answer"]
    written = [kind for kind, nodes in (("- [x]", tasks), ("```answer", fences)) if nodes]
    if len(written) > 1 or (written and declared in _OWN_BLOCK):
        _report_two_kinds(section, (*written, f"type={declared}")[:2], problems)
        return None
    report_scattered(body, tasks[1:], problems)
    _report_more_blocks(body, fences[1:], problems)
    if written:
        return _around(section, written[0], (tasks or fences)[0])
    if declared in _OWN_BLOCK:
        return _own_block(body, section, declared)
    if blanks.find(body.text_of(section.nodes) or section.title).blanks or declared == "cloze" or _has_open_blank(body, section):
        return _before_quotes(section, "[[ ]]")
    _report_no_answers(body, section, problems)
    return None


def _has_open_blank(body: Body, section: Section) -> bool:
    return bool(blanks.find(body.text_of(section.nodes) or section.title).unpaired)


def _around(section: Section, found: str, answers: Node) -> Parts:
    place = section.nodes.index(answers)
    return Parts(found, section.nodes[:place], answers, section.nodes[place + 1 :])


def _own_block(body: Body, section: Section, declared: str) -> Parts:
    blocks = [node for node in section.nodes if node.type in _OWN_BLOCK[declared]]
    if declared == "essay":
        blocks = [node for node in blocks if any(is_rubric_line(item_of(body, child).first) for child in node.children)]
    return _around(section, declared, blocks[-1]) if blocks else _before_quotes(section, declared)


def _before_quotes(section: Section, found: str) -> Parts:
    end = len(section.nodes)
    while end and (section.nodes[end - 1].type == "blockquote" or is_silent(section.nodes[end - 1])):
        end -= 1
    return Parts(found, section.nodes[:end], None, section.nodes[end:])


def _prompt(body: Body, section: Section, parts: Parts, problems: Problems) -> str:
    texts = [body.text_of(parts.prompt)]
    if parts.found == "- [x]" and parts.answers is not None and (first := first_task(body, parts.answers)):
        texts.append(body.text_of(parts.answers.children[:first]))
    for node in parts.after:
        if node.type != "blockquote" and not is_silent(node) and not is_task_list(body, node) and _fence_word(node) != "answer":
            texts.append(body.text(*span(node)))
            problems.warning(
                body.line(node), "text-after-answers", N_("This text stands after the answers and is shown before them."),
                N_("Move it above the answers, or write “> ” before each line if it is the explanation."),
            )
    return "\n\n".join(text for text in texts if text.strip()) or section.title


def _closing(body: Body, parts: Parts, problems: Problems) -> Closing:
    explanations: list[str] = []
    hints: list[str] = []
    for node in parts.after:
        if node.type != "blockquote":
            continue
        text = body.quoted(node)
        mark = _CALLOUT.match(text)
        if mark and mark[1].upper() == "TIP":
            hints.append(text[mark.end() :])
            continue
        if explanations:
            problems.warning(
                body.line(node), "second-explanation", N_("A second closing quote joins the explanation."),
                N_("Write “>” on the empty line between the two, or begin it with [!TIP] if it is a hint."),
            )
        explanations.append(text[mark.end() :] if mark else text)
    _report_unindented(body, parts, problems)
    return Closing("\n\n".join(explanations) or None, tuple(hints))


def _with_answers(body: Body, parts: Parts, source: Source, problems: Problems) -> Source:
    node = parts.answers
    if node is None:
        return source
    if parts.found == "- [x]":
        return replace(source, options=options_of(body, node, problems))
    if parts.found == "```answer":
        return replace(source, answers=_answer_lines(body, node))
    if node.type == "table":
        return replace(source, table=_table(body, node))
    return replace(source, items=plain_items(body, node, problems), ordered=node.type == "ordered_list")


def _answer_lines(body: Body, node: Node) -> tuple[Line, ...]:
    first = body.line(node) + 1
    return tuple(Line(first + place, text.strip()) for place, text in enumerate(node.content.split("\n")) if text.strip())


def _table(body: Body, node: Node) -> Table:
    rows = [row for part in node.children for row in part.children]
    cells = [(body.line(row), tuple(cell.children[0].content if cell.children else "" for cell in row.children)) for row in rows]
    return Table(body.line(node), cells[0][1], tuple(cells[1:]))


def _type_of(found: str, source: Source) -> str:
    if found == "- [x]":
        return "multiple" if sum(option.right for option in source.options) > 1 else "single"
    if found == "```answer":
        return "numeric" if source.answers and all_quantities(line.text for line in source.answers) else "short"
    return "cloze" if found == "[[ ]]" else found


def _fence_word(node: Node) -> str:
    return (node.info.split() or [""])[0].lower() if node.type == "fence" else ""


def _report_two_kinds(section: Section, kinds: Sequence[str], problems: Problems) -> None:
    problems.error(
        section.line, "two-kinds", N_("The question has two kinds of answers: %(one)s and %(other)s."),
        N_("Keep one of them; a [[ that is text is written \\[[."), one=kinds[0], other=kinds[1],
    )


def _report_more_blocks(body: Body, fences: Sequence[Node], problems: Problems) -> None:
    for node in fences:
        problems.error(
            body.line(node), "second-answer-block", N_("The question has two answer blocks."),
            N_("Put all accepted answers into the first block, one on each line."),
        )


def _report_unindented(body: Body, parts: Parts, problems: Problems) -> None:
    following = parts.after[0] if parts.after else None
    if parts.found != "- [x]" or parts.answers is None or following is None:
        return
    if following.type == "blockquote" and body.touches(parts.answers, following):
        problems.warning(
            body.line(following), "quote-not-indented", N_("This quote explains the whole question, not the option above it."),
            N_("Indent it by two spaces if it is the option's feedback, or leave a blank line above it."),
        )


def _report_no_answers(body: Body, section: Section, problems: Problems) -> None:
    for node in section.nodes:
        if _fence_word(node) in ("answers", "jawaban", "jawab", "kunci"):
            problems.error(
                body.line(node), "answer-block-name", N_("A block named “%(word)s” is not read as the answers."),
                N_("Write ```answer above the accepted answers."), word=_fence_word(node),
            )
            return
        if re.search(r"(?m)^ *(?:[-*+•]? ?)\[[ xX]\]|^ *[-*+]\[", body.text(*span(node))) and node.type == "paragraph":
            problems.error(
                body.line(node), "box-without-list", N_("This looks like options but is no list."),
                N_("Write “- [x] …” and “- [ ] …”, each on its own line, with a space after the -."),
            )
            return
    problems.error(
        section.line, "no-answers", N_("The question “%(title)s” has no answers."),
        N_("Write options (- [x] …), a block ```answer, blanks [[…]], or type=essay in the heading's braces."),
        title=section.plain,
    )
