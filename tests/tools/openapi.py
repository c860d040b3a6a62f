"""What the program answers to, as an OpenAPI document: `python -m tests.tools.openapi FILE` writes it for a fuzzer such as schemathesis.

Addresses and methods are those of the routing table. Which fields a view reads is found in the source of its module: too many for most
views, which does no harm. What may be sent in a field is open: any text, and values that a database or a parser could stumble over.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.routing import Rule

from lms import create_app
from lms.assessment.models import Attempt, AttemptItem
from lms.base.db import db
from lms.certificates.models import Certificate
from lms.learning.models import Enrolment
from lms.people.models import Grant, Person, Posting, Unit

Values = Mapping[str, Sequence[object]]
READ = re.compile(r"""(\w+)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")
CALLED = re.compile(r"""(?:row_id|page_number|_day|_number)\((?:[\w.]+, )?["'](\w+)["']""")
HOLDERS = {"args": "args", "form": "form", "values": "both", "given": "both", "asked": "both", "hints": "both"}  # names they have in views
ODD = ("", " ", "0", "-1", "2147483648", "9" * 30, "1e999", "NaN", "1.5", "٣", "2026-02-30", "0001-01-01", "9999-12-31", "{{7*7}}", "%00", "'\"><",
       "\ud7ff\ue000\uffff", "\u202e", "😀" * 50, "x" * 5000, "..", "[" * 500)
HIDDEN = ("csrf_token",)


def document(app: Flask, values: Values) -> dict[str, Any]:
    """The document; `values` holds, for the variable parts of addresses, some that exist."""
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(app, rule, method, values)
    odd = {"odd": {"type": "string", "enum": list(ODD)}}
    return {"openapi": "3.0.3", "info": {"title": "Simpul", "version": "1"}, "paths": paths, "components": {"schemas": odd}}


def _operation(app: Flask, rule: Rule, method: str, values: Values) -> dict[str, Any]:
    asked, typed = _fields(app, rule.endpoint)
    said: dict[str, Any] = {
        "operationId": f"{rule.endpoint}.{method}",
        "parameters": [*_in_path(rule, values), *({"name": name, "in": "query", "schema": _anything(name, values)} for name in asked)],
        "responses": {code: {"description": "An answer."} for code in ("2XX", "3XX", "4XX")},
    }
    if method != "GET":
        body = {"type": "object", "properties": {name: _anything(name, values) for name in typed}}
        said["requestBody"] = {"content": {
            "application/x-www-form-urlencoded": {"schema": body}, "multipart/form-data": {"schema": body},
            "application/json": {"schema": {}}, "text/plain": {"schema": {"type": "string"}},
        }}
    return said


def _in_path(rule: Rule, values: Values) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        yield {"name": name, "in": "path", "required": True, "schema": _anything(name, values)}


def _anything(name: str, values: Values) -> dict[str, Any]:
    known = [{"type": "string", "enum": [str(value) for value in values[name]]}] if values.get(name) else []
    return {"anyOf": [*known, {"$ref": "#/components/schemas/odd"}, {"type": "string"}, {"type": "integer"}]}


def _fields(app: Flask, endpoint: str) -> tuple[list[str], list[str]]:
    """Names that the modules of a view read from the address and from a form."""
    view = inspect.unwrap(app.view_functions[endpoint])
    module = sys.modules[view.__module__]
    sources = [inspect.getsource(one) for one in (module, *(one for one in vars(module).values() if _of_the_room(one, view.__module__)))]
    found = [(HOLDERS[holder], name) for source in sources for holder, name in READ.findall(source) if holder in HOLDERS]
    found += [("both", name) for source in sources for name in CALLED.findall(source)]
    asked = {name for where, name in found if where != "form"}
    typed = {name for where, name in found if where != "args"} | set(_of_forms(vars(module).values()))
    return sorted(asked), sorted(typed.difference(HIDDEN))


def _of_the_room(one: object, view_module: str) -> bool:
    return isinstance(one, ModuleType) and one.__name__.rpartition(".")[0] == view_module.rpartition(".")[0]


def _of_forms(things: Iterable[object]) -> Iterator[str]:
    for one in things:
        if isinstance(one, type) and issubclass(one, FlaskForm):
            yield from (name for name in dir(one) if hasattr(getattr(one, name), "field_class"))


def existing(app: Flask) -> dict[str, list[object]]:
    """Some values of each variable part that an installation has."""
    tables: dict[str, Any] = {
        "person_id": Person.id, "other_id": Person.id, "unit_id": Unit.id, "unit": Unit.id, "posting_id": Posting.id, "grant_id": Grant.id,
        "attempt_id": Attempt.id, "item_id": AttemptItem.id, "enrolment_id": Enrolment.id, "serial": Certificate.serial,
    }
    with app.app_context():
        found = {name: list(db.session.scalars(select(column).order_by(column).limit(8))) for name, column in tables.items()}
    catalog = app.extensions["library"].current
    found["slug"] = [*list(catalog.modules)[:4], *list(catalog.quizzes)[:4]]
    found["kind"] = ["csv", "xlsx"]
    return found


if __name__ == "__main__":
    program = create_app()
    Path(sys.argv[1]).write_text(json.dumps(document(program, existing(program)), indent=1), encoding="utf-8")
    program.extensions["library"].stop()
