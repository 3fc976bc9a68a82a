"""Proofs that both walls stand: of the models (system checks) and of the tables (asked of PostgreSQL's catalogue)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from core.tenancy.guard import is_tenant_model
from core.tenancy.managers import TenantManager
from core.tenancy.models import TenantModel
from core.tenancy.operations import constraint_name, tenant_foreign_keys

OWN_APPS_MODULES = ("core", "security", "stations", "services", "reports", "chargenet")

POLICIES = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
           coalesce(bool_or(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polcmd = '*'
               AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%chargenet.network%%'
               AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%%chargenet.network%%'), false)
           AND count(p.polname) = 1
      FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public'
      LEFT JOIN pg_policy p ON p.polrelid = c.oid
     WHERE c.relname = ANY(%s) GROUP BY c.oid
"""


@register(Tags.models)
def check_models(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Every model of ours either belongs to a network in all its parts, or says why it belongs to none."""
    problems: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.split(".")[0] in OWN_APPS_MODULES and "tests" not in model.__module__.split("."):
            problems.extend(_model_problems(model))
    return problems


def _model_problems(model: Any) -> Iterator[CheckMessage]:
    if not is_tenant_model(model):
        if not model._meta.auto_created and not getattr(model, "global_reason", ""):
            yield Error(f"{model.__name__} is no TenantModel and gives no global_reason.", obj=model, id="tenancy.E001")
        elif model._meta.auto_created and is_tenant_model(model._meta.auto_created):
            yield Error(
                f"{model.__name__} joins tenant rows without a network: give it an explicit through model.",
                obj=model,
                id="tenancy.E002",
            )
        return
    if not any(field.name == "network" for field in model._meta.concrete_fields):
        yield Error(f"{model.__name__} has no network column.", obj=model, id="tenancy.E003")
    for manager in (model._base_manager, model._default_manager, *model._meta.managers):
        if not isinstance(manager, TenantManager):
            yield Error(f"{model.__name__} has an unscoped manager “{manager.name}”.", obj=model, id="tenancy.E004")
            break
    if not issubclass(model, TenantModel):
        return  # a historical model: its foreign keys are plain by design
    if model.append_only and hasattr(model, "history"):
        yield Error(f"{model.__name__} is append-only and needs no history.", obj=model, id="tenancy.E005")
    for field in model._meta.local_fields:
        target = field.remote_field.model if field.is_relation else None
        if target is not None and is_tenant_model(target) and field not in tenant_foreign_keys(model):
            yield Error(f"{model.__name__}.{field.name} must be a TenantForeignKey.", obj=model, id="tenancy.E006")


@register(Tags.database)
def check_database(
    app_configs: Sequence[Any] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The walls in the database, and the role that the program connects as (`manage.py check --database default`)."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        found = [*role_problems(connections[alias]), *table_problems(connections[alias])]
        problems.extend(Error(text, id="tenancy.E010") for text in found)
    return problems


def role_problems(using: Any) -> list[str]:
    """Why the role of a connection cannot be trusted with row-level security (nothing: it can)."""
    with using.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, "
            "EXISTS (SELECT FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace "
            "        WHERE s.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE')) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        name, is_super, bypasses, owns = cursor.fetchone()
    reasons = {
        "is a superuser": is_super,
        "has BYPASSRLS": bypasses,
        "owns tables (or is a member of their owner)": owns,
    }
    return [
        f"The program must not connect as {name}: it {reason}, so row-level security would not hold. "
        "Connect as chargenet_app."
        for reason, holds in reasons.items()
        if holds
    ]


def table_problems(using: Any) -> list[str]:
    """Tenant tables without forced row-level security, its policy, or a composite foreign key."""
    models = [model for model in apps.get_models(include_auto_created=True) if is_tenant_model(model)]
    with using.cursor() as cursor:
        cursor.execute(POLICIES, [[model._meta.db_table for model in models]])
        found = {name: (enabled, forced, policy) for name, enabled, forced, policy in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'")
        foreign_keys = {name for (name,) in cursor.fetchall()}
    problems: list[str] = []
    for model in models:
        table = model._meta.db_table
        if table not in found:
            problems.append(f"Table {table} is missing: run manage.py migrate.")
            continue
        enabled, forced, policy = found[table]
        if not (enabled and forced and policy):
            problems.append(f"Table {table} lacks forced row-level security or its policy: add SecureTenantTable.")
        if issubclass(model, TenantModel):
            problems.extend(
                f"Table {table} lacks the composite foreign key of {field.column}."
                for field in tenant_foreign_keys(model)
                if constraint_name(table, field.column, "tfk") not in foreign_keys
            )
    return problems


def refuse_unsafe_database() -> None:
    """Called by every process that serves, before it serves.

    Raises:
        ImproperlyConfigured: the database role bypasses row-level security, or a table lacks it.
    """
    try:
        problems = [*role_problems(connection), *table_problems(connection)]
    finally:
        connection.close()
    if problems:
        raise ImproperlyConfigured("\n".join(["This database is not safe for several networks:", *problems]))
