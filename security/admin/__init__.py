"""The pages of platform administrators.

Every page stands on the platform's own tables, or inside the one network that the administrator has entered: the first
kind is a `PlatformAdmin`, the second a `TenantAdmin` (of `security.admin.bases`). The site takes no others, so pages
that packages bring along neither show nor change anything unrecorded. The app imports the modules of pages when it is
ready (Django itself would look for one module `admin`).
"""
