"""Shape of what is typed at the second step and when one changes how one signs in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""

    code = StringField(_l("Code"), [InputRequired(_l("Write the code that your app shows.")),
                                    Length(max=40, message=_l("A code has 6 digits, a recovery code 16 signs."))])


class SetUpForm(CodeForm):
    """The first code, with the sealed secret that the page gave."""

    kept = HiddenField(validators=[Length(max=400)])


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The present password."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=1024)])


class BothForm(ConfirmForm, CodeForm):
    """Password and code together."""
