"""The live process (ASGI): `uvicorn chargenet.asgi_live:app`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")
django.setup()

# After the apps are loaded.
from chargenet.live.app import app  # noqa: E402
from core.tenancy.checks import refuse_unsafe_database  # noqa: E402

refuse_unsafe_database()

__all__ = ["app"]
