"""What an account chose for a list."""

from django.conf import settings
from django.db import models

from core.tenancy.models import TenantModel


class ListChoice(TenantModel):
    """The columns that one account wants to see in one list, in their order."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    list_name = models.CharField(max_length=80)
    columns = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["network", "account", "list_name"], name="list_choice_once")]

    def __str__(self) -> str:
        return f"{self.list_name}: {', '.join(self.columns)}"
