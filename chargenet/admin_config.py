"""Which admin site the project has; Django asks for it before the apps are loaded."""

from django.contrib.admin.apps import AdminConfig


class PlatformAdminConfig(AdminConfig):
    """Django's admin with the site of `security.admin.site`."""

    default_site = "security.admin.site.PlatformAdminSite"
