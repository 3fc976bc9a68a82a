"""The deeds of imports in the work records."""

from django.utils.translation import gettext_lazy as _

from core.records import register_verb

register_verb("import.received", _("File received for import"))
register_verb("import.cancelled", _("Import given up"))
register_verb("import.left-out-taken", _("Left-out rows of an import taken"))
register_verb("import.applied", _("File imported"))
register_verb("import.undone", _("Import undone"))
