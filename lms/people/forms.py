"""Shape of what is typed when signing in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from lms.people.rules import LONGEST_PASSWORD


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
