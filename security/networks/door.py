"""What the people of a suspended network read at its door."""

from django.http import HttpResponse
from django.template.loader import render_to_string

from core.context import request_id
from security.models import Network


def suspended_page(network: Network) -> HttpResponse:
    """The page (403) that says that the network is suspended, since when and why."""
    context = {"network": network, "request_id": request_id.get()}
    return HttpResponse(render_to_string("errors/suspended.html", context), status=403)
