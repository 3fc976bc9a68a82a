"""`account.has_perm(permission, place)` answered by roles at places, inside the network in scope only."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from core.rights import may


class PlaceBackend(BaseBackend):
    """Object permissions. Without an object the answer is no: no permission is held for all networks."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether `user_obj` holds `perm` ("stations.change_site") at the place `obj`."""
        return obj is not None and may(user_obj, perm, obj)
