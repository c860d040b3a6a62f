"""Fields for amounts as they are written here: a comma for decimals, dots between thousands."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

DEAREST = 1_000_000_000_000


class RupiahField(StringField):  # type: ignore[misc]
    """Whole rupiah, typed with or without "Rp" and dots; None if nothing is typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.typed = (valuelist[0] if valuelist else "").strip()
        digits = re.sub(r"^rp\.?\s*", "", self.typed, flags=re.IGNORECASE)
        digits = re.sub(r"(?<=\d)[. ](?=\d{3}(?:\D|$))", "", digits).removesuffix(",00")
        self.data = None
        if digits:
            if not re.fullmatch(r"[0-9]{1,13}", digits) or int(digits) > DEAREST:
                raise ValueError(_("Write the amount in rupiah, for example 2.500.000."))
            self.data = int(digits)

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data:,}".replace(",", ".")
        return getattr(self, "typed", "")


class AmountField(StringField):  # type: ignore[misc]
    """A number with at most three decimals, comma or point; None if nothing is typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if self.typed:
            if not re.fullmatch(r"[0-9]{1,5}([.,][0-9]{1,3})?", self.typed):
                raise ValueError(_("Write a number, for example 3,25."))
            self.data = Decimal(self.typed.replace(",", "."))

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data.normalize():f}".replace(".", ",")
        return getattr(self, "typed", "")


def labels(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """The choices of a field from a table of values and English msgids, in the reader's language."""
    return [(str(value), _(label)) for value, label in words.items()]


def whole(least: int, most: int) -> Any:
    """A validator for whole numbers in a range."""

    def check(_form: Any, field: Any) -> None:
        if field.data is None or not least <= field.data <= most:
            field.errors = []  # what the number itself got wrong is said in this one sentence
            raise ValidationError(_("Write a whole number from %(least)s to %(most)s.", least=least, most=most))

    return check
