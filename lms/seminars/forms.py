"""Shape of what the training office types about a seminar."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.base import clock
from lms.hours import queries as ledger
from lms.hours.rules import FORMS
from lms.partners import queries as partners
from lms.people.admin_forms import TOO_LONG, in_our_time, in_tree, trimmed
from lms.people.queries import UnitPlace
from lms.seminars.models import Seminar
from lms.seminars.planning import Plan, Slot

USUAL = ("seminar", "workshop", "dissemination", "guidance")  # the forms that come first
NEVER = frozenset({"degree", "e-learning", "self-study"})  # what is no event
TEXT = Length(max=10_000, message=_l("Use at most %(max)d characters."))
MOST = NumberRange(1, 100_000, message=_l("Write a number from %(min)d to %(max)d."))
WHEN = InputRequired(_l("Write day and time."))
CODE_HINT = _l("Use small letters, digits and hyphens, for example keamanan-data-2026.")


def office_moment(typed: datetime | None) -> datetime | None:
    """The moment that somebody in the office meant by a date and time."""
    return None if typed is None else typed.replace(tzinfo=clock.OFFICE)


def typed_moment(moment: datetime | None) -> datetime | None:
    """A moment as a form's field shows it."""
    return None if moment is None else clock.local(moment).replace(tzinfo=None)


class SeminarForm(FlaskForm):  # type: ignore[misc]
    """A seminar without its sessions. `seen` is the version that the form was filled from."""

    title = StringField(_l("Title"), [InputRequired(_l("Write the title.")), TOO_LONG], filters=[trimmed])
    form = SelectField(_l("Form of training"))
    scope = SelectField(_l("National or international"))
    organiser = StringField(_l("Organiser"), [TOO_LONG], filters=[trimmed])
    partner_id = SelectField(_l("Partner"), coerce=int)
    description = TextAreaField(_l("Description"), [TEXT], filters=[trimmed])
    seats = IntegerField(_l("Seats"), [InputRequired(_l("Write a number.")), MOST])
    unit_quota = IntegerField(_l("Seats for each unit at most (optional)"), [Optional(), MOST])
    opens_at = DateTimeLocalField(_l("Registration opens"), [WHEN, in_our_time])
    closes_at = DateTimeLocalField(_l("Registration closes"), [WHEN, in_our_time])
    cancel_until = DateTimeLocalField(_l("Cancelling without a reason until (optional)"), [Optional(), in_our_time])
    min_share = IntegerField(_l("Minimum share of attendance, in percent"),
                             [InputRequired(_l("Write a number.")),
                              NumberRange(0, 100, message=_l("Write a number from %(min)d to %(max)d."))])
    unit_ids = SelectMultipleField(_l("Only for these units, with all below them (optional)"), coerce=int)
    public = BooleanField(_l("Announce it to everybody, also without signing in"))
    seen = HiddenField()

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the fields their choices: the forms that have a rate today, the living units."""
        rated = ledger.holding(ledger.rate_tables(), clock.today()).rates
        forms = [name for name in (*USUAL, *(name for name in FORMS if name not in USUAL)) if name in rated and name not in NEVER]
        self.form.choices = [SelectChoice(name, _(FORMS[name].label)) for name in forms]
        self.scope.choices = [SelectChoice("national", _("National")), SelectChoice("international", _("International"))]
        self.unit_ids.choices = in_tree(units)
        there = [SelectChoice(one.id, one.name) for one in partners.choices(ended=True)]
        self.partner_id.choices = [SelectChoice(0, _("No partner")), *there]

    def plan(self) -> Plan:
        """What was typed, as the service takes it."""
        return Plan(
            title=self.title.data, form=self.form.data, scope=self.scope.data, description=self.description.data,
            organiser=self.organiser.data, partner_id=self.partner_id.data or None, seats=self.seats.data, unit_quota=self.unit_quota.data,
            opens_at=office_moment(self.opens_at.data), closes_at=office_moment(self.closes_at.data),  # type: ignore[arg-type]
            cancel_until=office_moment(self.cancel_until.data), min_share=self.min_share.data, public=self.public.data,
            unit_ids=tuple(self.unit_ids.data or ()))


class NewSeminarForm(SeminarForm):
    """A seminar that is not planned yet."""

    code = StringField(_l("Code"), [InputRequired(CODE_HINT), Length(max=60, message=_l("Use at most %(max)d characters."))],
                       filters=[lambda text: trimmed(text).lower()])


class SessionForm(FlaskForm):  # type: ignore[misc]
    """One session; speakers and materials stand one a line, with a semicolon between name and agency, title and address."""

    title = StringField(_l("Title of the session (optional)"), [TOO_LONG], filters=[trimmed])
    day = DateField(_l("Day"), [InputRequired(_l("Choose a day.")), in_our_time])
    begins = TimeField(_l("Begins"), [InputRequired(_l("Write a time."))])
    ends = TimeField(_l("Ends"), [InputRequired(_l("Write a time."))])
    place = StringField(_l("Place"), [TOO_LONG], filters=[trimmed])
    link = StringField(_l("Link for those who join online"), [Length(max=500, message=_l("Use at most %(max)d characters."))],
                       filters=[trimmed])
    speakers = TextAreaField(_l("Speakers"), [TEXT], filters=[trimmed])
    materials = TextAreaField(_l("Materials"), [TEXT], filters=[trimmed])
    seen = HiddenField()

    def validate_place(self, field: Field) -> None:
        """People have to know where to go."""
        if not field.data and not self.link.data:
            raise ValidationError(_("Write a place or a link."))

    def validate_link(self, field: Field) -> None:
        """A link is an address of the web."""
        if field.data and not _is_address(field.data):
            raise ValidationError(_("Write an address that begins with https://."))

    def validate_materials(self, field: Field) -> None:
        """Each line has an address."""
        if any(not _is_address(address) for _title, address in _pairs(field.data)):
            raise ValidationError(_("Write on each line a title, a semicolon and an address that begins with https://."))

    def slot(self) -> Slot:
        """What was typed, as the service takes it."""
        def at(time: Any) -> datetime:
            return datetime.combine(self.day.data, time, tzinfo=clock.OFFICE)
        return Slot(self.title.data, at(self.begins.data), at(self.ends.data), self.place.data, self.link.data,
                    tuple(_pairs(self.speakers.data)), tuple(_pairs(self.materials.data)))


class CopyForm(FlaskForm):  # type: ignore[misc]
    """Under which code and from which day on a seminar takes place once more."""

    code = StringField(_l("Code of the copy"), [InputRequired(CODE_HINT), Length(max=60, message=_l("Use at most %(max)d characters."))],
                       filters=[lambda text: trimmed(text).lower()])
    first_day = DateField(_l("First day of the copy"), [InputRequired(_l("Choose a day.")), in_our_time])


def filled(row: Seminar, unit_ids: list[int]) -> dict[str, Any]:
    """What the form of a seminar is filled with."""
    moments = {name: typed_moment(getattr(row, name)) for name in ("opens_at", "closes_at", "cancel_until")}
    names = ("title", "form", "scope", "organiser", "description", "seats", "unit_quota", "min_share", "public")
    return {**{name: getattr(row, name) for name in names}, **moments, "partner_id": row.partner_id or 0,
            "unit_ids": unit_ids, "seen": row.version}


def filled_session(session: Any, version: int) -> dict[str, Any]:
    """What the form of a session is filled with."""
    begins, ends = clock.local(session.starts_at), clock.local(session.ends_at)
    return {"title": session.title, "day": begins.date(), "begins": begins.time(), "ends": ends.time(), "place": session.place,
            "link": session.link, "speakers": _lines(session.speakers), "materials": _lines(session.materials), "seen": version}


def _lines(pairs: tuple[tuple[str, str], ...]) -> str:
    return "\n".join("; ".join(part for part in pair if part) for pair in pairs)


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in (text or "").splitlines():
        first, _semicolon, second = line.partition(";")
        if first.strip() or second.strip():
            found.append((first.strip()[:200], second.strip()[:500]))
    return found


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return text.isprintable() and " " not in text and parts.scheme == "https" and bool(parts.hostname)
