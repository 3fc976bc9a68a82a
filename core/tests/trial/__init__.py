"""Pages that exist in the tests of core only: they prove CRUDView on real models without the pages of their app."""
