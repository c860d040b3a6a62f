"""Pages about units: the tree, one unit with its history, and the acts on it, each shown with whom it concerns before it is done."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lms.base.errors import Refused
from lms.base.words import long_date
from lms.organisation import queries, service
from lms.organisation.forms import TOP, EndForm, MergeForm, MoveForm, PlacedUnitForm, UnitForm
from lms.people.queries import units as living_units
from lms.people.roles import ROLES
from lms.web.access import allow
from lms.web.asked import row_id
from lms.web.errors import sentence
from lms.web.layout import in_language
from lms.web.pages import render

bp = Blueprint("organisation", __name__, template_folder="templates", url_prefix="/organisation")
Page = str | tuple[str, int] | Response
UNIT = "/<int(max=2147483647):unit_id>"


@bp.get("/")
@allow("people.see")
def units() -> str:
    """The tree of units, searched."""
    paths = current_user.paths("people.see")
    text = request.args.get("q", "").strip()[:100]
    branches, count = queries.tree(paths, text)
    return render("organisation/units.html", branches=branches, count=count, text=text, ended=() if text else queries.ended(paths))


@bp.get(f"{UNIT}/")
@allow("people.see")
def unit(unit_id: int) -> str:
    """One unit: who leads it, who works there, what stands below it, and what it was before."""
    paths = current_user.paths("people.see")
    row = queries.unit(unit_id, paths)
    count, people = queries.staff(unit_id)
    links = [(url_for("organisation.unit", unit_id=one), name) for one, name in _above(row, paths)]
    return render("organisation/unit.html", unit=row, above_links=links, count=count, people=people, below=queries.below(unit_id),
                  leaders=queries.leaders(unit_id), history=queries.history(unit_id),
                  successor=queries.names([row.successor_id]).get(row.successor_id) if row.successor_id else None)


def _above(row: Any, paths: tuple[str, ...]) -> list[tuple[int, str]]:
    """The units above that the reader may see, the highest first."""
    ids = [int(one) for one in row.path.strip("/").split("/")][:-1]
    seen = {place.id: place.name for place in living_units(paths)}
    return [(one, seen[one]) for one in ids if one in seen]


@bp.get("/new")
@allow("units.manage")
def new_form() -> str:
    """The form for a new unit, below the one that the address names."""
    return _new_page(PlacedUnitForm(formdata=None, parent_id=row_id(request.args, "below") or TOP))


@bp.post("/new")
@allow("units.manage")
def new() -> Page:
    """Make a new unit."""
    form = PlacedUnitForm()
    form.offer(living_units())
    if not form.validate():
        return _new_page(form), 422
    try:
        made = service.create(name=form.name.data, code=form.code.data, kind=form.kind.data, parent_id=form.parent_id.data or None,
                              from_on=form.from_on.data, basis=form.basis.data)
    except Refused as refused:
        return _new_page(form, sentence(refused)), 409
    flash(_("The unit is there."), "ok")
    return redirect(url_for("organisation.unit", unit_id=made), 303)


def _new_page(form: PlacedUnitForm, refusal: str | None = None) -> str:
    form.offer(living_units())
    return render("organisation/new.html", form=form, kinds=queries.kinds(), refusal=refusal)


@bp.get(f"{UNIT}/change")
@allow("units.manage")
def change_form(unit_id: int) -> str:
    """The form for another name, code or kind."""
    row = _managed(unit_id)
    return _act_page("change", row, UnitForm(formdata=None, data={"name": row.name, "code": row.code, "kind": row.kind}))


@bp.post(f"{UNIT}/change")
@allow("units.manage")
def change(unit_id: int) -> Page:
    """Another name, code or kind."""
    row, form = _managed(unit_id), UnitForm()

    def do() -> Any:
        return service.change(unit_id, name=form.name.data, code=form.code.data, kind=form.kind.data, from_on=form.from_on.data,
                              basis=form.basis.data)

    said = [
        *(_("%(before)s becomes %(after)s.", before=before, after=after) for before, after in (
            (row.name, form.name.data), (row.code, form.code.data), (row.kind, form.kind.data)) if before != after),
        _("Reports about the time before %(day)s keep the old names.", day=_day(form.from_on.data)),
        *_people(queries.hit(row)),
    ]
    return _act("change", row, form, said, do)


@bp.get(f"{UNIT}/move")
@allow("units.manage")
def move_form(unit_id: int) -> str:
    """The form that lets a unit stand elsewhere."""
    row = _managed(unit_id)
    return _act_page("move", row, MoveForm(formdata=None, parent_id=row.parent_id or TOP))


@bp.post(f"{UNIT}/move")
@allow("units.manage")
def move(unit_id: int) -> Page:
    """Let a unit stand below another."""
    row, form = _managed(unit_id), MoveForm()
    form.offer(_elsewhere(row))
    target = form.parent_id.data or None

    def do() -> Any:
        return service.move(unit_id, target, from_on=form.from_on.data, basis=form.basis.data)

    return _act("move", row, form, _said_of_move(row, target), do)


def _said_of_move(row: Any, target: int | None) -> list[str]:
    after = queries.unit(target, ("/",)).path if target in {place.id for place in living_units()} else "/"
    lose, gain = queries.sight(row.path[: -len(f"{row.id}/")], after)
    return [
        *_people(queries.hit(row)),
        *([_("No longer see these people: %(names)s.", names=_named(lose))] if lose else []),
        *([_("See these people from now on: %(names)s.", names=_named(gain))] if gain else []),
        _("What was so before stays as it was in reports about the past."),
    ]


@bp.get(f"{UNIT}/merge")
@allow("units.manage")
def merge_form(unit_id: int) -> str:
    """The form that merges a unit into another."""
    row = _managed(unit_id)
    return _act_page("merge", row, MergeForm(formdata=None, into_id=row.parent_id))


@bp.post(f"{UNIT}/merge")
@allow("units.manage")
def merge(unit_id: int) -> Page:
    """Merge a unit into another."""
    row, form = _managed(unit_id), MergeForm()
    form.offer(_elsewhere(row))

    def do() -> Any:
        return service.merge(unit_id, form.into_id.data, from_on=form.from_on.data, basis=form.basis.data, by=current_user.id)

    hit = queries.hit(row)
    into = next((str(choice.label) for choice in form.into_id.choices if choice.value == form.into_id.data), "")
    return _act("merge", row, form, [
        _("It becomes part of %(name)s.", name=into.lstrip("– ")),
        ngettext("%(num)s person moves along.", "%(num)s people move along.", hit.staff),
        *([ngettext("%(num)s unit directly below moves along.", "%(num)s units directly below move along.", hit.below)]
          if hit.below else []),
        *_ending(hit), _("The unit ends. Reports about the time before still show it.")], do)


@bp.get(f"{UNIT}/split")
@allow("units.manage")
def split_form(unit_id: int) -> str:
    """The form that makes a second unit out of one."""
    row = _managed(unit_id)
    return _split_page(row, PlacedUnitForm(formdata=None, data={"kind": row.kind, "parent_id": row.parent_id or TOP}))


@bp.post(f"{UNIT}/split")
@allow("units.manage")
def split(unit_id: int) -> Page:
    """Make a second unit out of one: chosen people and units go there."""
    row, form = _managed(unit_id), PlacedUnitForm()
    form.offer(living_units())
    people, parts = _numbers("person"), _numbers("part")

    def do() -> Any:
        return service.split(unit_id, name=form.name.data, code=form.code.data, kind=form.kind.data, people=people, units=parts,
                             parent_id=form.parent_id.data or None, from_on=form.from_on.data, basis=form.basis.data)

    said = [
        _("The new unit is called %(name)s.", name=form.name.data),
        ngettext("%(num)s person goes there.", "%(num)s people go there.", len(people)),
        ngettext("%(num)s unit goes there.", "%(num)s units go there.", len(parts)),
        _("Nobody leads the new unit yet. Give somebody the role of supervisor for it."),
    ]
    return _act("split", row, form, said, do, page=lambda refusal=None: _split_page(row, form, refusal))


def _split_page(row: Any, form: PlacedUnitForm, refusal: str | None = None) -> str:
    form.offer(living_units())
    return render("organisation/split.html", unit=row, form=form, kinds=queries.kinds(), people=queries.everybody_in(row.id),
                  parts=queries.below(row.id), chosen=(_numbers("person"), _numbers("part")), refusal=refusal)


@bp.get(f"{UNIT}/end")
@allow("units.manage")
def end_form(unit_id: int) -> str:
    """The form that ends an empty unit."""
    return _act_page("end", _managed(unit_id), EndForm(formdata=None))


@bp.post(f"{UNIT}/end")
@allow("units.manage")
def end(unit_id: int) -> Page:
    """End an empty unit."""
    row, form = _managed(unit_id), EndForm()

    def do() -> Any:
        return service.end(unit_id, last_day=form.last_day.data, basis=form.basis.data, by=current_user.id)

    return _act("end", row, form, [*_ending(queries.hit(row)), _("The unit ends. Reports about the time before still show it.")], do)


def _managed(unit_id: int) -> Any:
    return queries.unit(unit_id, current_user.paths("units.manage"))


def _act(act: str, row: Any, form: Any, said: list[str], do: Callable[[], Any], *, page: Callable[..., str] | None = None) -> Page:
    """Check what was typed, show whom it concerns, and do it once that has been confirmed."""
    page = page or (lambda refusal=None: _act_page(act, row, form, refusal))
    _offer(form, row)
    if not form.validate():
        return page(), 422
    if request.form.get("sure") != "yes":
        return render("organisation/preview.html", unit=row, act=act, said=said, kept=_kept(request.form))
    try:
        done = do()
    except Refused as refused:
        return page(sentence(refused)), 409
    flash(_("Nothing was different, so nothing was changed.") if done is False else _("Done. The past stays as it was."), "ok")
    return redirect(url_for("organisation.unit", unit_id=row.id), 303)


def _act_page(act: str, row: Any, form: Any, refusal: str | None = None) -> str:
    _offer(form, row)
    return render("organisation/act.html", act=act, unit=row, form=form, hit=queries.hit(row), kinds=queries.kinds(), refusal=refusal)


def _offer(form: Any, row: Any) -> None:
    if isinstance(form, (MoveForm, MergeForm)):
        form.offer(_elsewhere(row))


def _elsewhere(row: Any) -> list[Any]:
    """The living units that are neither this one nor below it."""
    inside = {place.id for place in living_units((row.path,))}
    return [place for place in living_units() if place.id not in inside]


def _numbers(field: str) -> set[int]:
    return {int(one) for one in request.form.getlist(field) if one.isascii() and one.isdigit() and len(one) < 10}


def _kept(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in form.items(multi=True) if name not in {"csrf_token", "sure"}]


def _people(hit: queries.Hit) -> list[str]:
    return [ngettext("It concerns %(num)s person.", "It concerns %(num)s people.", hit.people),
            *([ngettext("%(num)s unit stands below.", "%(num)s units stand below.", hit.units)] if hit.units else [])]


def _ending(hit: queries.Hit) -> list[str]:
    return [_("The role %(role)s of %(name)s ends.", role=_(ROLES[one.role].label), name=one.name) for one in hit.holders]


def _named(rows: Any) -> str:
    return ", ".join(sorted({row.name for row in rows}))


def _day(day: Any) -> str:
    return in_language(long_date)(day) if day else ""
