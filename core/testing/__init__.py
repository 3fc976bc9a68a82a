"""What the tests of every app share. Imported by tests only.

`CRUDTests` gives a CRUDView in a few lines of a test module its page, rights, tenant, parameter and query tests; it
takes the fixtures `cast` and `signed_in`.
"""

import pytest

pytest.register_assert_rewrite(
    "core.testing.base", "core.testing.fields", "core.testing.pages", "core.testing.rights", "core.testing.lists"
)

from core.testing.base import CRUDBase, form_data  # noqa: E402 (asserts are rewritten before they are imported)
from core.testing.fields import FieldRuleTests  # noqa: E402
from core.testing.lists import ListTests  # noqa: E402
from core.testing.pages import PageTests  # noqa: E402
from core.testing.rights import RightsTests  # noqa: E402

__all__ = ["CRUDBase", "CRUDTests", "FieldRuleTests", "form_data"]


class CRUDTests(PageTests, RightsTests, ListTests):
    """Subclass it as `class TestSitePages(CRUDTests)` and give what `CRUDBase` asks for."""
