"""Fields that forms share."""

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField


class WholeNumber(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A number, also in the wide digits of a Japanese keyboard, and one message when it is none.

    What is no number counts as left out, so that the field's own validators say what is wanted.
    Where leaving it out is allowed, `complaint` says so instead.
    """

    def __init__(self, *args: Any, complaint: Any = None, **options: Any) -> None:
        """Keep the complaint."""
        super().__init__(*args, **options)
        self.complaint = complaint

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = int(typed[:9])
        except ValueError:
            if self.complaint is not None:
                raise ValueError(self.complaint) from None
