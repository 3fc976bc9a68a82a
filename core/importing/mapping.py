"""Which column of a file tells which field of an importer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.importing.importer import Importer
from core.importing.values import fold

IGNORED = ""
"""Stands for a column that a person chose to leave out."""

ROW, REASON = "_row", "_reason"
"""Columns that a file of rows left out has in addition; ignored when it comes back mended. Never translated."""


class MappingRefused(Refusal):
    """The columns are not chosen completely. `columns` and `fields` say what is wrong with which."""

    code = "mapping"

    def __init__(self, columns: Mapping[str, str], fields: Mapping[str, str]) -> None:
        self.columns, self.fields = dict(columns), dict(fields)
        super().__init__(" ".join([*self.columns.values(), *self.fields.values()]))


def propose(importer: type[Importer], columns: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Column → field for what is known already: the last mapping of the source first, then names and aliases.

    Columns that nobody knows are missing in the answer; a person decides on them.
    """
    known = {field.name for field in importer.fields}
    proposed = {
        column: remembered[column]
        for column in columns
        if column in remembered and (remembered[column] in known or remembered[column] == IGNORED)
    }
    proposed |= dict.fromkeys({ROW, REASON} & set(columns), IGNORED)
    taken = set(proposed.values())
    words = _words(importer)
    for column in columns:
        field = words.get(fold(column))
        if column not in proposed and field and field not in taken:
            proposed[column] = field
            taken.add(field)
    return proposed


def _words(importer: type[Importer]) -> dict[str, str]:
    """Folded name → field, for names, labels and aliases; the earlier field wins."""
    words: dict[str, str] = {}
    for field in importer.fields:
        for word in (field.name, str(field.label), *field.aliases):
            words.setdefault(fold(word), field.name)
    return words


def check_mapping(importer: type[Importer], columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping of exactly these columns when it is complete.

    Raises MappingRefused: a column is neither mapped nor ignored, a field is told by two columns, a field that is
    needed has no column, or a field or column does not exist.
    """
    known = {field.name for field in importer.fields}
    wrong_columns: dict[str, str] = {}
    for column in columns:
        if column not in mapping:
            wrong_columns[column] = _("Choose what the column “%(column)s” means, or to ignore it.") % {
                "column": column
            }
        elif mapping[column] != IGNORED and mapping[column] not in known:
            wrong_columns[column] = _("There is no field “%(field)s”.") % {"field": mapping[column]}
    for column in mapping.keys() - set(columns):
        wrong_columns[column] = _("The file has no column “%(column)s”.") % {"column": column}
    wrong_fields = _wrong_fields(importer, mapping)
    if wrong_columns or wrong_fields:
        raise MappingRefused(wrong_columns, wrong_fields)
    return {column: mapping[column] for column in columns}


def _wrong_fields(importer: type[Importer], mapping: Mapping[str, str]) -> dict[str, str]:
    uses = Counter(field for field in mapping.values() if field != IGNORED)
    wrong: dict[str, str] = {}
    for field in importer.fields:
        if uses[field.name] > 1:
            names = ", ".join(f"“{column}”" for column, name in mapping.items() if name == field.name)
            wrong[field.name] = _("“%(field)s” is told by several columns: %(columns)s.") % {
                "field": field.label,
                "columns": names,
            }
        elif field.needs_column and not uses[field.name]:
            wrong[field.name] = _("“%(field)s” needs a column.") % {"field": field.label}
    return wrong
