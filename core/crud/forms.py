"""The form of a row: choices of the reader, errors of constraints beside their fields, and the version it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.crud.choosing import choices_of, offer, suggest_url, write_permission
from core.crud.constraints import NETWORK, broken_constraints
from core.tenancy.guard import is_tenant_model
from core.tenancy.scope import require_network

if TYPE_CHECKING:
    from core.crud.views import CRUDView

VERSION, REASON = "row_version", "change_reason"
REASON_HELP = _("Stands in the history beside what was changed.")


class RowForm(forms.ModelForm):
    """Base of all forms of rows. Made for one reader: it knows the pages it belongs to and who asks.

    `verb` is "add" or "change".
    """

    def __init__(self, *args: Any, request: HttpRequest, views: type[CRUDView], verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.views, self.verb = request, views, verb
        self.instance.adopt(require_network())
        for name in views.hidden_fields(request) & set(self.fields):
            del self.fields[name]
        for name in list(self.fields):
            self._refine(name)
        if verb == "change":
            self.fields[VERSION] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
            self.fields[REASON] = reason_field()

    @property
    def reason(self) -> str:
        """Why the row is changed, as far as it was said."""
        return str(self.cleaned_data.get(REASON, ""))

    def shown_value(self, name: str, row: Any) -> Any:
        """What the form shows for a field when it is opened on `row` (a version of its row)."""
        try:
            column = self._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            return self[name].initial
        value, field = column.value_from_object(row), self.fields[name]
        if isinstance(field, forms.ModelChoiceField) and field.to_field_name and value is not None:
            return queryset_of(field).model.objects.filter(pk=value).first()
        return value

    def _refine(self, name: str) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            self._offer_records(name, field)
        elif type(field.widget) is forms.DateInput:
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={**field.widget.attrs, "type": "date"})
        elif type(field.widget) is forms.DateTimeInput:
            attrs = {**field.widget.attrs, "type": "datetime-local", "step": "1"}
            field.widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs=attrs)
        else:
            self._offer_several(name, field)

    def _offer_records(self, name: str, field: forms.ModelChoiceField) -> None:
        target = queryset_of(field).model
        if not is_tenant_model(target):
            raise ImproperlyConfigured(f"{type(self).__name__}.{name} offers {target.__name__}, which has no network.")
        permission = write_permission(self.views, name, self.verb)
        rows = choices_of(self.views, self.request, name, target, permission)
        present = getattr(self.instance, self.instance._meta.get_field(name).attname, None)
        offer(field, rows, suggest_url(self.views, name, self.verb), current=present)
        if field.to_field_name and present is not None and isinstance(self.initial.get(name), int):
            self.initial[name] = getattr(self.instance, name)  # named by its code, as the choices are

    def _offer_several(self, name: str, field: forms.Field) -> None:
        """A list of choices is ticked, not typed."""
        try:
            column = self._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            return  # a question of the form's own
        if isinstance(column, ArrayField) and column.base_field.choices and not hasattr(field, "choices"):
            self.fields[name] = forms.MultipleChoiceField(
                choices=column.base_field.choices,
                required=not column.blank,
                label=field.label,
                help_text=field.help_text,
                widget=forms.CheckboxSelectMultiple,
            )

    def validate_constraints(self) -> None:
        """Ask every constraint whose fields stand in the form; the network is known although nobody types it."""
        exclude = set(self._get_validation_exclusions()) - {NETWORK}  # type: ignore[attr-defined]
        for message, field in broken_constraints(self.instance, exclude):
            self.add_error(field if field in self.fields else None, message)


def queryset_of(field: forms.ModelChoiceField) -> Any:
    """The rows behind a field that chooses one; only their model is of use before `offer` has put in the reader's."""
    return field.queryset


def reason_field(*, required: bool = False) -> forms.CharField:
    """The field that asks why."""
    return forms.CharField(label=_("Reason"), required=required, max_length=250, help_text=REASON_HELP)


def form_class_of(views: type[CRUDView]) -> type[RowForm] | None:
    """The form class that a view declares or that its `fields` make; None for pages without a form.

    Raises:
        ImproperlyConfigured: the declared form is no RowForm.
    """
    if views.form_class is not None:
        if not issubclass(views.form_class, RowForm):
            raise ImproperlyConfigured(f"{views.form_class.__name__} must be a core.crud.forms.RowForm.")
        return views.form_class
    if not views.fields:
        return None
    made: Any = forms.modelform_factory(views.model, form=RowForm, fields=list(views.fields))
    return made
