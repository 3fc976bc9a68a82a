"""Static files out of the wheels, and the generated bundle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import override_settings

from core import assets


@pytest.mark.parametrize(
    "name",
    [
        "vendor/bootstrap/bootstrap.min.css",
        "vendor/bootstrap/bootstrap.bundle.min.js",
        "vendor/htmx/htmx-2.min.js",
        "vendor/leaflet/leaflet.js",
        "vendor/leaflet/images/layers.png",
    ],
)
def test_files_of_the_wheels_are_found(name: str) -> None:
    found = finders.find(name)
    assert Path(found).is_file()


@pytest.mark.parametrize(
    "name",
    ["vendor/bootstrap/LICENSE", "vendor/bootstrap/../__init__.py", "vendor/leaflet/draw/leaflet.draw.js", "x.css"],
)
def test_nothing_else_of_a_wheel_is_served(name: str) -> None:
    assert assets.WheelFinder().find(name) == []


def test_every_declared_file_is_in_its_wheel() -> None:
    missing = [
        (source.package, name)
        for source in assets.SOURCES
        for name in source.names
        if not (assets.package_folder(source.package) / source.folder / name).is_file()
    ]
    assert missing == []


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="no_such_package"):
        assets.package_folder("no_such_package")


def test_patterns_leave_files_out_of_the_collection() -> None:
    collected = [name for name, _storage in assets.WheelFinder().list(["*.map"])]
    assert not [name for name in collected if name.endswith(".map")]


@pytest.fixture
def own_var(settings: object, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_the_bundle_is_built_once_and_found(own_var: Path) -> None:
    assert [assets.build_assets(), assets.build_assets()] == [True, False]
    assert assets.WheelFinder().find(assets.VEGA_BUNDLE) == str(own_var / "assets" / assets.VEGA_BUNDLE)


def test_a_bundle_of_another_recipe_is_built_again(own_var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = own_var / "assets" / assets.VEGA_BUNDLE
    bundle.parent.mkdir(parents=True)
    bundle.write_text("/* an older recipe */\n")
    call_command("build_assets")
    assert capsys.readouterr().out.endswith(": built.\n")
    assert "chargenetVegaEmbed" in bundle.read_text()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own files and what they name, as production serves them; compressing the rest would only take time."""
    root = tmp_path_factory.mktemp("collected")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "core.assets.AssetStorage"}}
    with override_settings(STATIC_ROOT=root, VAR_DIR=root / "var", STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "django_htmx"])
    return root


def test_collected_modules_import_each_other_under_their_hashed_names(collected: Path) -> None:
    (main,) = [path for path in (collected / "js").glob("main.*.js") if path.name.count(".") == 2]
    imported = re.findall(r'from "\./([^"]+)"', main.read_text())
    assert imported
    assert [name for name in imported if not re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name)] == []


def test_the_style_sheet_imports_bootstrap_under_its_hashed_name(collected: Path) -> None:
    (sheet,) = (collected / "css").glob("vendor.*.css")
    assert re.search(r'url\("\.\./vendor/bootstrap/bootstrap\.min\.[0-9a-f]{12}\.css"\)', sheet.read_text())
