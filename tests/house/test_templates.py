"""Templates: links that exist, escaping that holds, nothing inline, no name that is silently empty."""

import ast
import re
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined, nodes

from lms import wiring

PROGRAM = Path(__file__).parents[2] / "lms"
TEMPLATES = sorted(PROGRAM.glob("**/templates/**/*.html"))
# Only what lms.content renders and cleans goes out unescaped: lessons, introductions, and the texts of questions.
RENDERED = {
    "learning/module.html": {"intro"}, "learning/lesson.html": {"html"},
    "assessment/quiz.html": {"place.quiz.intro_html"}, "assessment/macros.html": {"pools[].intro"},
    "assessment/mark.html": {"script.face.prompt", "line.html"}, "assessment/questions.html": {"option.html"},
    "programmes/programme.html": {"intro"},
    "seminars/seminar.html": {"html"}, "seminars/announcement.html": {"html"},
    "questions/_pieces.html": {"item.face.prompt", "option.html", "item.key.feedback[]", "item.key.explanation", "hint"},
    "questions/cloze.html": {"html"}, "questions/essay.html": {"line.html"}, "questions/multiple.html": {"option.html"},
    "questions/single.html": {"option.html"}, "questions/order.html": {"one.html"},
    "questions/match.html": {"row.html", "choice.html", "item.face.labels[]"},
}
INLINE = re.compile(r"\sstyle\s*=|<style\b|<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)


def name_of(template: Path) -> str:
    return template.as_posix().rpartition("/templates/")[2]


def parsed(app: Flask, template: Path) -> nodes.Template:
    return app.jinja_env.parse(template.read_text("utf-8"), filename=str(template))


def written(node: nodes.Node) -> str:
    """An expression as it was written, without what stands in brackets."""
    if isinstance(node, nodes.Getattr):
        return f"{written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{written(node.node)}[]"
    return node.name if isinstance(node, nodes.Name) else type(node).__name__


def endpoints(node: nodes.Node) -> list[str]:
    """The endpoints that the first argument of url_for may be."""
    if isinstance(node, nodes.CondExpr):
        return [*endpoints(node.expr1), *(endpoints(node.expr2) if node.expr2 else [])]
    return [str(node.value) if isinstance(node, nodes.Const) else written(node)]


def python_links(path: Path) -> list[tuple[str, str]]:
    """(file, endpoint) of each url_for with a literal endpoint; a leading dot means the file's own blueprint."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)]
    own = next((str(call.args[0].value) for call in calls if getattr(call.func, "id", "") == "Blueprint"), "")  # type: ignore[attr-defined]
    found = [str(call.args[0].value) for call in calls if getattr(call.func, "id", "") == "url_for"]  # type: ignore[attr-defined]
    return [(path.name, own + endpoint if endpoint.startswith(".") else endpoint) for endpoint in found]


def test_every_link_of_a_template_leads_to_a_page(app: Flask) -> None:
    links = [
        (name_of(template), endpoint)
        for template in TEMPLATES for call in parsed(app, template).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for"
        for endpoint in endpoints(call.args[0])
    ]
    # The navigation and the page Administration, tested below; a person's tabs, tested with their pages.
    dynamic = {("web/masthead.html", "place.endpoint"), ("people/_person_tabs.html", "endpoint"),
               ("home/administration.html", "place.endpoint"),
               ("competencies/_suggestions.html", "one.offer.address[]")}

    assert len(links) > 30
    assert [link for link in links if link[1] not in app.view_functions and link not in dynamic] == []


def test_every_link_of_the_program_leads_to_a_page(app: Flask) -> None:
    links = [link for path in sorted(PROGRAM.rglob("*.py")) for link in python_links(path)]
    places = [("wiring.py", place.endpoint) for place in (*wiring.NAVIGATION, *wiring.OFFICE)]

    assert len(links) > 20
    assert [link for link in [*links, *places] if link[1] not in app.view_functions] == []


def test_only_rendered_content_goes_out_unescaped(app: Flask) -> None:
    found = {
        name_of(template): {written(one.node) for one in parsed(app, template).find_all(nodes.Filter) if one.name == "safe" and one.node}
        for template in TEMPLATES
    }

    strange = {name: expressions - RENDERED.get(name, set()) for name, expressions in found.items()}
    assert {name: expressions for name, expressions in strange.items() if expressions} == {}


def test_no_python_file_marks_text_as_safe() -> None:
    marked = [path.name for path in PROGRAM.rglob("*.py") if re.search(r"\bMarkup\(|render_template_string", path.read_text("utf-8"))]

    assert marked == ["layout.py"]  # the sentences of our own catalogue, whose values it escapes


def test_no_template_has_style_or_script_in_it() -> None:
    pages = [template for template in TEMPLATES if name_of(template) != "notifications/mail.html"]  # mail programs read no style sheets
    found = [(name_of(template), INLINE.findall(template.read_text("utf-8"))) for template in pages]

    assert [one for one in found if one[1]] == []


def test_templates_escape_and_fail_on_unknown_names(app: Flask) -> None:
    env = app.jinja_env

    assert env.undefined is StrictUndefined
    assert callable(env.autoescape)
    assert all(env.autoescape(name_of(template)) for template in TEMPLATES)
    assert "{% autoescape false" not in "".join(template.read_text("utf-8") for template in TEMPLATES)
