"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")
application = get_wsgi_application()

# After the apps are loaded: refuse to serve with a database role that sees every network.
from core.tenancy.checks import refuse_unsafe_database  # noqa: E402

refuse_unsafe_database()
