"""Shape of what is typed when signing in."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from lms.accounts.rules import LONGEST_EMAIL, LONGEST_PASSWORD, is_email
from lms.people.admin_forms import in_tree, trimmed
from lms.people.queries import UnitPlace


class SignInForm(FlaskForm):
    """NIP and password."""

    nip = StringField(_l("NIP"), [InputRequired(_l("Write your NIP of 18 digits.")), Length(max=40, message=_l("A NIP has 18 digits."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")),
                                              Length(max=1024, message=_l("This password is too long."))])

    def validate_nip(self, field: StringField) -> None:
        """Say how many digits are missing or too many before anything is looked up."""
        digits = "".join((field.data or "").split())
        if digits.isdigit() and len(digits) != 18:
            raise ValidationError(_l("A NIP has 18 digits; you wrote %(count)s. Check it once more.", count=len(digits)))


class NewPassword(FlaskForm):
    """A new password, typed twice."""

    new = PasswordField(_l("New password"), [InputRequired(_l("Write a new password.")),
                                             Length(max=LONGEST_PASSWORD, message=_l("This password is too long."))])
    again = PasswordField(_l("New password once more"), [InputRequired(_l("Write the new password once more.")),
                                                         EqualTo("new", _l("The two passwords differ. Write the same one twice."))])


class PasswordForm(NewPassword):
    """Old and new password."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Write your present password."))])


class ActivateForm(NewPassword):
    """NIP, one-time code and first password."""

    nip = StringField(_l("NIP"), [InputRequired(_l("Write your NIP of 18 digits.")), Length(max=40)])
    code = StringField(_l("Activation code"), [InputRequired(_l("Write the code from your unit's list.")), Length(max=40)])


class ForgotForm(FlaskForm):
    """Whose password is forgotten: a NIP, or the mail address that is recorded."""

    account = StringField(_l("NIP or mail address"), [InputRequired(_l("Write your NIP of 18 digits, or your mail address.")),
                                                      Length(max=LONGEST_EMAIL, message=_l("This is too long. Check it once more."))],
                          filters=[trimmed])

    def validate_account(self, field: StringField) -> None:
        """Say what cannot be either before anything is looked up; the answer depends on what was typed alone."""
        digits = "".join((field.data or "").split())
        if digits.isdigit() and len(digits) != 18:
            raise ValidationError(_l("A NIP has 18 digits; you wrote %(count)s. Check it once more.", count=len(digits)))
        if not digits.isdigit() and not is_email(field.data or ""):
            raise ValidationError(_l("Write your NIP of 18 digits, or your mail address."))


class EmailForm(FlaskForm):
    """A new mail address."""

    email = StringField(_l("New mail address"), [InputRequired(_l("Write your new mail address.")),
                                                 Length(max=LONGEST_EMAIL, message=_l("This is too long. Check it once more."))],
                        filters=[trimmed])

    def validate_email(self, field: StringField) -> None:
        """Take nothing that a mail could not be sent to."""
        if not is_email(field.data or ""):
            raise ValidationError(_l("Write it as name@office.go.id."))


class CodesForm(FlaskForm):
    """A unit whose people need codes, and the way by which they get them."""

    unit_id = SelectField(_l("Unit"), coerce=int)
    way = RadioField(_l("How the codes reach people"), default="list", choices=[
        SelectChoice("list", _l("On a printed list")),
        SelectChoice("mail", _l("By mail to those whose address is known, the others on a printed list")),
    ])

    def offer(self, units: list[UnitPlace]) -> None:
        """Give the unit field its choices, in the order of the tree."""
        self.unit_id.choices = in_tree(units)

    def tell(self, waiting: Mapping[int, int]) -> None:
        """Say beside each unit how many people wait for a code."""
        self.unit_id.choices = [SelectChoice(one.value, f"({waiting.get(one.value, 0)}) {one.label}") for one in self.unit_id.choices]
