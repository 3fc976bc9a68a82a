"""What kind of device asks, as far as it says so: the family of browser and system, never the whole user agent."""

from __future__ import annotations

import ipaddress

# The first that is found counts: most browsers also name the ones they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """The family of a device such as "Firefox, Linux"; empty where nothing is said."""
    if not user_agent.strip():
        return ""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "other browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "other system")
    return f"{browser}, {system}"


def block_of(address: str | None) -> str:
    """The part of the internet that an address lies in: its /24 (IPv4) or /48 (IPv6) network; empty without one."""
    if not address:
        return ""
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))
