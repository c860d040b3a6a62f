"""Pages of the catalogue, of a module, of a lesson, and the pictures in them."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import clock
from lms.base.errors import NotFound, Refused
from lms.content.catalog import Lesson, Module
from lms.learning import labels, queries, rules, service, shelf
from lms.learning.outline import outline_of
from lms.learning.queries import Progress
from lms.learning.standing import standing
from lms.web.access import SIGNED_IN, allow
from lms.web.content import catalog, library
from lms.web.errors import refuse_to
from lms.web.pages import render

bp = Blueprint("learning", __name__, template_folder="templates")
MINUTES_OF_JP = 45
SHOWN = ("image/", "video/", "audio/", "text/vtt")
MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/modules/")
@allow(SIGNED_IN)
def catalogue() -> str:
    """The catalogue with search and filters."""
    wish = _wish()
    cards = shelf.cards_for(
        catalog().modules.values(), queries.progress_by_module(current_user.id), drafts=current_user.modules("module.preview"))
    values = {"category": labels.CATEGORIES, "level": labels.LEVELS, "state": labels.STATES}
    found = shelf.browse(cards, wish, values)
    return render(
        "learning/catalogue.html", shelf=found, wish=wish, labels=values, weaves=labels.WEAVES, address=_catalogue_address,
    )


@bp.get("/modules/<slug>/")
@allow(SIGNED_IN)
def module(slug: str) -> str | tuple[str, int]:
    """One module: what it is, its outline, where the reader stands."""
    mine = _mine(slug)
    module = _visible(slug)
    if module is None:
        return _gone(mine)
    completed = queries.completed_modules(current_user.id, module.requires)
    found = catalog()
    return render(
        "learning/module.html", module=module, outline=outline_of(module), mine=mine, previews=_previews(slug),
        results=current_user.may("module.results", module_id=module.id),
        standing=standing(module, mine, completed, today=clock.today()), modules=found.modules, labels=labels,
        words=labels.LESSON_STATES, trail=_trail(module), minutes=round(module.hours * MINUTES_OF_JP),
        intro=library().html(module.intro), quiz=found.quizzes.get(module.quiz or ""),
        pretest=found.quizzes.get(module.pretest or ""),
    )


@bp.get("/modules/<slug>/<lesson_id>/")
@allow(SIGNED_IN)
def lesson(slug: str, lesson_id: str) -> str | AnyResponse | tuple[str, int]:
    """One lesson to read; remembers it as the place to go on."""
    mine = _mine(slug)
    module = _visible(slug)
    if module is None:
        return _gone(mine)
    lesson = module.lesson(lesson_id)
    if lesson is None:
        return _lesson_gone(module, lesson_id, mine)
    if refused := _why_not(module, lesson, mine):
        return refuse_to(outline_of(module).address, refused)
    _remember(module, lesson, mine)
    return render("learning/lesson.html", **_reading(module, lesson, mine))


@bp.post("/modules/<slug>/enrol/")
@allow(SIGNED_IN)
def enrol(slug: str) -> AnyResponse:
    """Begin a module, or a new round of it, and go to its first lesson, or to the pretest that comes before."""
    try:
        service.enrol(current_user.id, slug)
    except Refused as refused:
        return _refused(slug, refused)
    module = catalog().modules[slug]
    if module.pretest or not module.lessons:
        return redirect(url_for("learning.module", slug=slug), 303)
    return redirect(outline_of(module).rows[0].address, 303)


@bp.post("/modules/<slug>/<lesson_id>/done/")
@allow(SIGNED_IN)
def finish(slug: str, lesson_id: str) -> AnyResponse:
    """Mark a lesson as done and go to the next one."""
    try:
        completed = service.finish_lesson(current_user.id, slug, lesson_id)
    except Refused as refused:
        return _refused(slug, refused)
    if completed:
        flash(_("You have completed this module."), "ok")
    return redirect(_after(catalog().modules[slug], lesson_id, completed=completed), 303)


@bp.get("/media/<digest>/<name>")
@allow(SIGNED_IN)
def media(digest: str, name: str) -> Response:
    """A picture or file of the content under its hash; nothing in it may run."""
    path = library().media(digest, name)
    if path is None:
        raise NotFound
    response = send_file(path, download_name=name, max_age=31_536_000)
    if not (response.mimetype or "").startswith(SHOWN):
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = MEDIA_POLICY
    return response


def _wish() -> shelf.Wish:
    asked = {name: request.args.get(name, "")[:200].strip() for name in ("category", "level", "state")}
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return shelf.Wish(request.args.get("q", "")[:200].strip(), **asked, page=number)


def _catalogue_address(wish: shelf.Wish, **changes: str | int) -> str:
    chosen = {**wish.without_page(), **changes}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return url_for("learning.catalogue") + (f"?{query}" if query else "")


def _previews(slug: str) -> bool:
    return bool(current_user.may("module.preview", module_id=slug))


def _mine(slug: str) -> Progress | None:
    if "\0" in slug:  # PostgreSQL takes no such text
        raise NotFound
    return queries.progress(current_user.id, slug)


def _visible(slug: str) -> Module | None:
    module = catalog().modules.get(slug)
    return module if module is not None and (module.published or _previews(slug)) else None


def _trail(module: Module) -> list[tuple[str | None, str]]:
    start = (url_for("learning.catalogue"), _("Catalogue"))
    label = labels.CATEGORIES.get(module.category or "")
    middle = [(url_for("learning.catalogue", category=module.category), str(label))] if label else []
    return [start, *middle, (None, module.title)]


def _gone(mine: Progress | None) -> tuple[str, int]:
    if mine is None:
        raise NotFound
    return render("learning/gone.html", mine=mine), 404


def _lesson_gone(module: Module, lesson_id: str, mine: Progress | None) -> AnyResponse:
    if mine is None or lesson_id not in mine.opened:
        raise NotFound
    return refuse_to(outline_of(module).address, Refused("lesson-gone", module=module.title))


def _refused(slug: str, refused: Refused) -> AnyResponse:
    if _visible(slug) is None and _mine(slug) is None:
        raise NotFound
    return refuse_to(url_for("learning.module", slug=slug), refused)


def _why_not(module: Module, lesson: Lesson, mine: Progress | None) -> Refused | None:
    if _previews(module.id):
        return None
    if mine is None:
        return Refused("not-enrolled", module=module.title)
    first = rules.blocking_lesson(module, lesson.id, mine.done)
    return Refused("lesson-locked", lesson=first.title) if first else None


def _remember(module: Module, lesson: Lesson, mine: Progress | None) -> None:
    if mine is None or not rules.should_remember(mine.last_lesson_id, mine.last_seen_at, lesson.id, clock.now()):
        return
    if rules.may_open(module, lesson.id, mine.done):
        service.open_lesson(current_user.id, module.id, lesson.id)


def _reading(module: Module, lesson: Lesson, mine: Progress | None) -> dict[str, Any]:
    outline = outline_of(module)
    number = module.position(lesson.id) + 1
    done = mine.done if mine else frozenset()
    part = outline.part_of(number)
    return {
        "module": module, "lesson": lesson, "outline": outline, "number": number, "done": done, "mine": mine,
        "part": part, "nearby": part.near(number), "states": rules.lesson_states(module, done, lesson.id),
        "before": outline.rows[number - 2] if number > 1 else None,
        "after": outline.rows[number] if number < len(outline.rows) else None,
        "html": library().html(lesson.revision), "quiz": catalog().quizzes.get(lesson.quiz or ""),
    }


def _after(module: Module, lesson_id: str, *, completed: bool) -> str:
    lesson = module.lesson(lesson_id)
    following = module.neighbours(lesson_id)[1] if lesson else None
    outline = outline_of(module)
    if completed or following is None:
        return outline.address
    return outline.rows[module.position(following.id)].address
