"""Shape of what is typed about partners and what belongs to them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.hours.rules import FORMS
from lms.partners import rules
from lms.partners.fields import AmountField, RupiahField, labels, whole
from lms.partners.rules import PartName
from lms.people.admin_forms import TOO_LONG, in_our_time, trimmed

UPLOADS = "60/15 minutes"  # forms that may carry a file, from one address
STORY = Length(max=2000, message=_l("Use at most %(max)d characters."))
MAIL = Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("Write it as name@office.go.id."))
ADDRESS = Regexp(r"https?://[^\s/]+\.[^\s]+$", message=_l("Write it as https://www.example.ac.id."))
PHONE = Regexp(r"[0-9+() ./-]{5,40}$", message=_l("Write a telephone number, for example 0622 123456."))


class RecordForm(FlaskForm):  # type: ignore[misc]
    """A form that edits one row; `seen` tells what it was filled from."""

    seen = HiddenField()

    def offer(self) -> None:
        """Give choice fields their choices."""

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return {name: value for name, value in self.data.items() if name not in {"csrf_token", "seen", "file"}}


def differing(form: RecordForm, stored: RecordForm | None) -> list[tuple[str, str, str]]:
    """(label, stored, typed) of each field that differs from what somebody else has stored."""
    if stored is None:
        return []
    stored.offer()
    pairs = [(field, stored[field.name]) for field in form if field.name not in {"csrf_token", "seen", "file"}
             and field.data != stored[field.name].data]
    return [(str(typed.label.text), _shown(there), _shown(typed)) for typed, there in pairs]


def _shown(field: Any) -> str:
    chosen = [label for _value, label, selected, *_rest in field.iter_choices() if selected] if hasattr(field, "iter_choices") else []
    return str(chosen[0]) if chosen else str("–" if field.data in {None, ""} else field.data)


class PartnerForm(RecordForm):
    """A partner itself."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the full name.")), TOO_LONG], filters=[trimmed])
    kind = SelectField(_l("Kind"))
    address = TextAreaField(_l("Address"), [STORY], filters=[trimmed])
    website = StringField(_l("Website"), [Optional(), TOO_LONG, ADDRESS], filters=[trimmed], description=_l("Begins with https://"))
    note = TextAreaField(_l("Note"), [STORY], filters=[trimmed], description=_l("Not about people: contacts have a place of their own."))

    def offer(self) -> None:
        self.kind.choices = labels(rules.KINDS)


class ContactForm(RecordForm):
    """Whom to ask at a partner."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the name.")), TOO_LONG], filters=[trimmed])
    role = StringField(_l("Position"), [TOO_LONG], filters=[trimmed], description=_l("For example head of cooperation."))
    email = StringField(_l("E-mail"), [Optional(), TOO_LONG, MAIL], filters=[trimmed])
    phone = StringField(_l("Telephone"), [Optional(), PHONE], filters=[trimmed])


class ExpertForm(RecordForm):
    """Somebody a partner sends to speak or teach."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the name.")), TOO_LONG], filters=[trimmed])
    field = StringField(_l("Field of knowledge"), [InputRequired(_l("Write the field, for example public management.")), TOO_LONG],
                        filters=[trimmed])
    competencies = StringField(_l("Competencies"), [STORY], filters=[trimmed],
                               description=_l("Codes or words, for example M.5, writing of official letters."))
    email = StringField(_l("E-mail"), [Optional(), TOO_LONG, MAIL], filters=[trimmed])
    phone = StringField(_l("Telephone"), [Optional(), PHONE], filters=[trimmed])


class AgreementForm(RecordForm):
    """What was signed with a partner."""

    kind = SelectField(_l("Kind"))
    number = StringField(_l("Number"), [InputRequired(_l("Write the number of the agreement.")), TOO_LONG], filters=[trimmed])
    subject = TextAreaField(_l("What it is about"), [InputRequired(_l("Write what was agreed on.")), STORY], filters=[trimmed])
    from_on = DateField(_l("First day"), [InputRequired(_l("Choose a day.")), in_our_time])
    until_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day.")), in_our_time])
    file = FileField(_l("Signed file"), description=_l("PDF, at most 5 MB. A new file takes the place of the old one."))

    def offer(self) -> None:
        self.kind.choices = labels(rules.AGREEMENTS)

    def validate_until_on(self, field: Field) -> None:
        """The period ends after it begins."""
        if self.from_on.data and field.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first. Choose a later last day."))


class OfferForm(RecordForm):
    """What a partner offers."""

    kind = SelectField(_l("Kind"))
    title = StringField(_l("Title"), [InputRequired(_l("Write the title.")), TOO_LONG], filters=[trimmed])
    form = SelectField(_l("Form of training"))
    jp = AmountField(_l("JP"), description=_l("As the partner states it; leave it empty if it does not."))
    cost = RupiahField(_l("Cost for each participant"), description=_l("In rupiah; 0 if it is free, empty if not known."))
    language = SelectField(_l("Language"))
    remarks = TextAreaField(_l("Remarks"), [STORY], filters=[trimmed])

    def offer(self) -> None:
        self.kind.choices = labels(rules.OFFERS)
        self.form.choices = labels({name: one.label for name, one in FORMS.items()})
        self.language.choices = labels(rules.LANGUAGES)

    def validate_jp(self, field: Field) -> None:
        """Nothing is worth 0 JP, nor more than a year of work."""
        if field.data is not None and not 0 < field.data <= 2000:
            raise ValidationError(_("Write a number above 0, at most 2000."))


class ProgrammeForm(RecordForm):
    """A study programme of a partner."""

    level = SelectField(_l("Degree"))
    title = StringField(_l("Degree programme"), [InputRequired(_l("Write the name of the programme.")), TOO_LONG], filters=[trimmed])
    faculty = StringField(_l("Faculty"), [TOO_LONG], filters=[trimmed])
    competencies = StringField(_l("Competencies"), [STORY], filters=[trimmed],
                               description=_l("Code and level that graduates reach, for example M.5 3, SK.1 2."))
    semesters = IntegerField(_l("Semesters"), [whole(1, 14)])
    mode = SelectField(_l("How it is studied"))
    cost = RupiahField(_l("Cost of a semester"), description=_l("In rupiah; empty if not known."))
    funding = SelectField(_l("Who may pay"))

    def offer(self) -> None:
        self.level.choices, self.mode.choices = labels(rules.LEVELS), labels(rules.MODES)
        self.funding.choices = labels(rules.FUNDS)

    def validate_competencies(self, field: Field) -> None:
        """Codes with levels, kept in one form."""
        read = rules.read_competencies(field.data or "")
        if read is None:
            raise ValidationError(_("Write each code once with its level from 1 to 5, for example M.5 3, SK.1 2."))
        field.data = rules.written_competencies(read)


FORMS_OF: Mapping[PartName, type[RecordForm]] = {
    "agreements": AgreementForm, "contacts": ContactForm, "experts": ExpertForm, "offers": OfferForm, "programmes": ProgrammeForm,
}
