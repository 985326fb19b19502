"""Which of a person's names are carried: those by which they are called, not the legal ones."""

from typing import Any

#: Field of the name as registered -> its column, and the field of the name people say.
_LEGAL = {
    "given_name": ("givenName", "preferred_given_name"),
    "family_name": ("familyName", "preferred_family_name"),
    "middle_name": ("middleName", "preferred_middle_name"),
}
_LEGAL_KANA = {
    "kana_given_name": ("metadata.jp.kanaGivenName", "kana_preferred_given_name"),
    "kana_family_name": ("metadata.jp.kanaFamilyName", "kana_preferred_family_name"),
    "kana_middle_name": ("metadata.jp.kanaMiddleName", "kana_preferred_middle_name"),
}


def called_by(values: dict[str, Any]) -> list[str]:
    """Put the names people are called by in the place of differing legal ones (正式氏名).

    A middle name without a preferred one belongs to the legal name when the others differ, and is
    taken away; family and given name always stay, as they are all there is to call somebody by.

    Args:
        values: Fields of a row of users.csv; changed in place.

    Returns:
        Columns of the legal names that are not carried.
    """
    return [*_replace(values, _LEGAL), *_replace(values, _LEGAL_KANA)]


def _replace(values: dict[str, Any], names: dict[str, tuple[str, str]]) -> list[str]:
    columns = []
    for field, (column, preferred) in names.items():
        is_legal = field in values and values.get(preferred, values[field]) != values[field]
        is_middle = field.endswith("middle_name")
        if is_legal:
            values[field] = values[preferred]
            columns.append(column)
        elif is_middle and columns and preferred not in values and field in values:
            del values[field]
            columns.append(column)
    return columns
