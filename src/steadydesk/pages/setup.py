"""Django's admin as a form on actions: it decides nothing, keeps no log of its own, and asks the same permission."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from steadydesk.kernel.actor import Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import FieldFault, Invalid, SteadydeskError
from steadydesk.pages.middleware import actor


class SetUpOnly:
    """Opens to whoever may set things up, and to nobody else."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the block is listed."""
        return _may_set_up(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether it can be read."""
        return _may_set_up(request)


def _may_set_up(request: HttpRequest) -> bool:
    return actor(request).may(Permission.SET_UP)


class ReadOnlyAdmin(SetUpOnly, admin.ModelAdmin):
    """To look at; what changes it is elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class SetUpInline(SetUpOnly, admin.TabularInline):
    """Rows that belong to another; saved by that one's actions."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As to set up."""
        return _may_set_up(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As to set up."""
        return _may_set_up(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As to set up."""
        return _may_set_up(request)


class ActionAdmin(SetUpOnly, admin.ModelAdmin):
    """A form whose saving and deleting are the capability's actions."""

    save_row: Callable[..., object]
    delete_row: Callable[..., object]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As to set up."""
        return _may_set_up(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As to set up."""
        return _may_set_up(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As to set up."""
        return _may_set_up(request)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **more: Any) -> Any:
        """The form; the second time with what the action found wrong."""
        form = super().get_form(request, obj, change, **more)
        faults: Sequence[FieldFault] = getattr(request, "faults", ())
        return _with_faults(form, faults) if faults else form

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """By the action."""
        self.save_row(obj, by=actor(request), now=clock.now())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """By the action."""
        self.delete_row(obj, by=actor(request), now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each by the action."""
        for row in queryset:
            self.delete_model(request, row)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        """The rows below the form, each by the action."""
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            self.delete_row(row, by=actor(request), now=clock.now())
        for row in rows:
            self.save_row(row, by=actor(request), now=clock.now())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Without the transaction that Django puts round it: an action has its own, and rings when that is kept.

        What an action finds wrong stands beside its field, and what was typed is still there.
        """
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]
        except Invalid as invalid:
            request.faults = invalid.faults  # type: ignore[attr-defined]
            return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]
        except SteadydeskError as refused:
            return _say(request, refused)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As ``changeform_view``."""
        try:
            return self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]
        except SteadydeskError as refused:
            return _say(request, refused)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The journal says who did what; Django's log would keep names."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """As ``log_addition``."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As ``log_addition``."""


def _with_faults(form: type[ModelForm], faults: Sequence[FieldFault]) -> type[ModelForm]:
    class Refused(form):  # type: ignore[misc, valid-type]
        def clean(self) -> dict[str, Any]:
            found = super().clean()
            for fault in faults:
                self.add_error(fault.field if fault.field in self.fields else None, fault.reason)
            return found

    return Refused


def _say(request: HttpRequest, refused: SteadydeskError) -> HttpResponse:
    """Show the reason on the same page."""
    messages.error(request, str(refused))
    return HttpResponseRedirect(request.get_full_path())
