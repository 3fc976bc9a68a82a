"""Scripts and styles that come with the installed wheels, served as static files without a copy in the source tree.

``WheelFinder`` finds them where pip put them; ``build_assets`` makes the one bundle that has to be generated (Vega).
Each file keeps its name below ``vendor/<library>/``: ``{% static "vendor/bootstrap/bootstrap.min.css" %}``.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.contrib.staticfiles.utils import matches_patterns
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

VEGA_BUNDLE = "vendor/vega/vega.js"
VEGA_LITE = "6.1"  # the version that draws on paper too (core.rendering.charts): one specification, one look
# The snippet closes the bundle. Vega-Embed is what it hands over: the names `vega` and `vegaLite`, which the wheel's
# description promises too, are null in it, as those packages have no default export.
_VEGA_SNIPPET = "globalThis.chargenetVegaEmbed = vegaEmbed;"


@dataclass(frozen=True)
class Source:
    """Files of one folder of an installed package that are served below one prefix."""

    prefix: str
    package: str
    folder: str
    names: tuple[str, ...]


SOURCES = (
    Source("vendor/bootstrap", "bootstrap", "css", ("bootstrap.min.css", "bootstrap.min.css.map")),
    Source("vendor/bootstrap", "bootstrap", "js", ("bootstrap.bundle.min.js", "bootstrap.bundle.min.js.map")),
    Source("vendor/htmx", "django_htmx", "static/django_htmx", ("htmx-2.min.js",)),
    Source(
        "vendor/leaflet",
        "leaflet",
        "static/leaflet",
        (
            "leaflet.css",
            "leaflet.js",
            "leaflet.js.map",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
        ),
    ),
)


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Static files under names that carry their hash, the imports between our own script modules included.

    Other people's scripts are left alone: some of them only look as if they imported something.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )


def assets_root() -> Path:
    """Return the folder of generated assets, below the folder of changing data."""
    return Path(settings.VAR_DIR) / "assets"


@cache
def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it.

    Raises ImproperlyConfigured when the package is not installed.
    """
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise ImproperlyConfigured(f"The package {package!r} carries static files but is not installed.")
    return Path(places[0])


class WheelFinder(BaseFinder):
    """Static files finder for the files named in ``SOURCES`` and for the generated ones."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure, so nothing to complain about."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file behind a static path, or an empty list; with `find_all` a list in any case."""
        wanted = path.replace(os.sep, "/")
        found = [str(place) for name, place, _storage in self._files() if name == wanted]
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every file with a storage that opens it, as collectstatic wants them."""
        patterns = list(ignore_patterns or ())
        for name, _place, storage in self._files():
            relative = name.removeprefix(f"{storage.prefix}/")  # type: ignore[attr-defined]
            if not matches_patterns(relative, patterns):
                yield relative, storage

    def _files(self) -> Iterator[tuple[str, Path, FileSystemStorage]]:
        for source in SOURCES:
            folder = package_folder(source.package) / source.folder
            yield from _served(source.prefix, folder, source.names)
        prefix, name = VEGA_BUNDLE.rsplit("/", 1)
        yield from _served(prefix, assets_root() / prefix, (name,))


def _served(prefix: str, folder: Path, names: Iterable[str]) -> Iterator[tuple[str, Path, FileSystemStorage]]:
    storage = FileSystemStorage(location=folder)
    storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic puts it before the name
    for name in names:
        if (folder / name).is_file():
            yield f"{prefix}/{name}", folder / name, storage


def build_assets(*, force: bool = False) -> bool:
    """Build the browser's Vega bundle unless the present one was made by the same recipe.

    Returns whether it was built. The file is replaced in one step, so that a web process never serves half of it.
    """
    target = assets_root() / VEGA_BUNDLE
    stamp = f"/* Vega and Vega-Lite for the browser, recipe {_vega_recipe()} */\n"
    if not force and target.is_file() and _first_line(target) == stamp:
        return False
    # Loading the wheel starts a JavaScript engine; only this command pays for it.
    import vl_convert  # noqa: PLC0415

    script = vl_convert.javascript_bundle(_VEGA_SNIPPET, vl_version=VEGA_LITE)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(stamp)
        file.write(script)
    Path(unfinished).chmod(0o644)
    Path(unfinished).replace(target)
    return True


def _vega_recipe() -> str:
    made_of = f"{version('vl-convert-python')} {VEGA_LITE} {_VEGA_SNIPPET}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline()
