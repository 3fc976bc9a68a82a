"""The side bar around the samples."""

from __future__ import annotations

from core.parts import Chrome, NavGroup, NavItem


def chrome(current: str = "", live_url: str = "") -> Chrome:
    """A side bar as a director sees it."""

    def item(label: str, icon: str, part: str = "", count: int | None = None) -> NavItem:
        return NavItem(label, f"/_components/{part}/" if part else "#", icon, current=part == current, count=count)

    return Chrome(
        home_url="/_components/board/",
        networks=(NavItem("Dundee", "#", "network", current=True), NavItem("Demo City", "#", "network")),
        networks_url="/_components/networks/",
        navigation=(
            NavGroup("", (item("Dashboard", "layout-dashboard", "board"), item("Map", "map"))),
            NavGroup(
                "Network", (item("Sites", "map-pin", "list"), item("Chargers", "plug-zap"), item("Districts", "shapes"))
            ),
            NavGroup(
                "Charging",
                (
                    item("Sessions", "zap"),
                    item("Set aside", "circle-question-mark", count=128),
                    item("Imports", "file-up", "form"),
                ),
            ),
            NavGroup(
                "Work",
                (
                    item("Reports", "chart-column"),
                    item("Jobs", "list-checks"),
                    item("Components", "swatch-book", "sheet"),
                ),
            ),
        ),
        account_name="Morag Innes",
        account_note="Network director",
        account_links=(NavItem("Your account", "#", "circle-user"),),
        sign_out_url="#",
        search_url="#",
        live_url=live_url,
        language_url="#",
        languages=(("en", "English"), ("zh-hans", "简体中文")),
    )
