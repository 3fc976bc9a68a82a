"""The ``.env`` file beside ``manage.py``, for programs that start before settings are read."""

from __future__ import annotations

from pathlib import Path

import environ


def load_dotenv(root: Path) -> None:
    """The same file that settings read; what the environment has already wins."""
    path = root / ".env"
    if path.exists():
        environ.Env.read_env(path)
