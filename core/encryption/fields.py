"""The fields of encrypted values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from core.encryption.keys import key_ring

MASK = "••••••"


class Hidden:
    """A secret text. Lists, exports, histories, templates and logs that get one show dots; `reveal()` gives the text.

    Whoever reveals it has asked for the permission before, and records that it was shown.
    """

    __slots__ = ("_stored", "_place", "_text")

    def __init__(self, text: str | None = None, *, stored: str = "", place: str = "") -> None:
        self._text, self._stored, self._place = text, stored, place

    def reveal(self) -> str:
        """The text. Raises UnreadableValue when its key is not here."""
        return key_ring().decrypt(self._stored, self._place) if self._text is None else self._text

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self.reveal() == other.reveal()

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self._stored or self._text)

    def __reduce__(self) -> Any:
        raise TypeError("A hidden value is not pickled: it would stand readable in a cache or a message.")


class EncryptedTextField(models.TextField):
    """A text that is stored encrypted; read as `Hidden`, set as text. An empty text stays empty and is no secret.

    It cannot be searched, sorted or made unique: put a `SearchHashField` beside it. History leaves it out.
    """

    description = "Encrypted text"

    @property
    def place(self) -> str:
        """What binds a value to its field."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Hidden | None:
        """A row carries the value hidden; decrypting waits until somebody asks."""
        if value is None:
            return None
        return Hidden(stored=value, place=self.place) if value else Hidden("")

    def to_python(self, value: Any) -> Any:
        """Forms and fixtures give text."""
        return value if value is None or isinstance(value, Hidden) else Hidden(str(value))

    def get_prep_value(self, value: Any) -> Any:
        """What is stored."""
        if value is None:
            return None
        text = value.reveal() if isinstance(value, Hidden) else str(value)
        return key_ring().encrypt(text, self.place) if text else ""

    def value_from_object(self, obj: Any) -> Any:
        """A form starts empty: the old value is not sent to the browser."""
        return ""

    def value_to_string(self, obj: Any) -> str:
        """Serializers get the dots."""
        return MASK

    def get_lookup(self, lookup_name: str) -> Any:
        """Only "is it there" can be asked of an encrypted value."""
        if lookup_name not in ("isnull",):
            raise TypeError(f"{self.name} is encrypted: compare its SearchHashField with search_hashes(text, place).")
        return super().get_lookup(lookup_name)


class SearchHashField(models.CharField):
    """The keyed hash of an encrypted field beside it, kept in step by `pre_save`; finds equal values, shows none."""

    description = "Keyed hash of an encrypted text"

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"max_length": 100, "editable": False, "blank": True}
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for known in ("max_length", "editable", "blank"):
            kwargs.pop(known, None)
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Hash what the source holds now."""
        field: Any = model_instance._meta.get_field(self.source)
        value = field.to_python(getattr(model_instance, self.source))
        text = value.reveal() if value else ""
        hashed = key_ring().hashes(text, field.place)[0] if text else ""
        setattr(model_instance, self.attname, hashed)
        return hashed


def encrypted_fields(model: Any) -> list[EncryptedTextField]:
    """The encrypted fields of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


@register(Tags.models)
def check_histories(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """History is never changed, so a key could not be changed in it: encrypted fields stay out of it."""
    return list(_histories(apps.get_models()))


def _histories(models_to_check: Any) -> Iterator[CheckMessage]:
    for model in models_to_check:
        if hasattr(model, "instance_type") and encrypted_fields(model):
            yield Error(
                f"{model.__name__} keeps encrypted fields: exclude them with TenantHistory(excluded_fields=[…]).",
                obj=model,
                id="encryption.E001",
            )
