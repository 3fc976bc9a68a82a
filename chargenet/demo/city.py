"""The invented city: districts with their outlines, and where sites stand in them. Pure, from a seed."""

import random
from dataclasses import dataclass

CENTRE = (30.58, 114.29)  # latitude, longitude of the middle of the invented city
CELL = 0.034  # degrees: a district is about 3.5 km wide
COLUMNS, ROWS = 4, 3

DISTRICTS = (
    "Northgate", "Mill Quarter", "Harbourside", "Eastfield",
    "Westbrook", "Old Town", "Exchange", "Lakeshore",
    "Southbank", "Garden Hill", "Foundry", "Airport",
)  # fmt: skip
PLACES = (
    "Station Square", "Market Hall", "River Car Park", "Library", "City Hospital", "Stadium", "University Gate",
    "Park & Ride", "Shopping Centre", "Museum", "Bus Depot", "Theatre", "Tech Park", "Ring Road North",
    "Ring Road South", "Housing Estate", "Swimming Pool", "Town Hall", "Freight Yard", "Taxi Rank", "Ferry Pier",
    "Courthouse", "Exhibition Hall", "School Lane", "Botanic Garden",
)  # fmt: skip
STREETS = ("Long Street", "Bridge Road", "Canal Walk", "Orchard Way", "Hill Road", "Mill Lane", "Queen Street")
OPERATORS = ("Demo City Power", "Demo City Power", "Demo City Power", "Demo Mobility Ltd", "Demo Parking Trust")


@dataclass(frozen=True)
class Place:
    """Where a site stands; degrees in WGS 84, district by its index."""

    name: str
    address: str
    operator: str
    district: int
    latitude: float
    longitude: float
    busy: float  # popularity: 1 is usual


def corners(rng: random.Random) -> dict[tuple[int, int], tuple[float, float]]:
    """(longitude, latitude) of the shared corners of the districts, each a little off the grid."""
    return {
        (column, row): (
            round(CENTRE[1] + (column - COLUMNS / 2 + rng.uniform(-0.22, 0.22)) * CELL, 6),
            round(CENTRE[0] + (row - ROWS / 2 + rng.uniform(-0.22, 0.22)) * CELL, 6),
        )
        for column in range(COLUMNS + 1)
        for row in range(ROWS + 1)
    }


def outline(index: int, grid: dict[tuple[int, int], tuple[float, float]]) -> dict[str, object]:
    """The outline of a district as a GeoJSON Polygon (longitude, latitude)."""
    column, row = index % COLUMNS, ROWS - 1 - index // COLUMNS
    ring = [grid[column, row], grid[column + 1, row], grid[column + 1, row + 1], grid[column, row + 1]]
    return {"type": "Polygon", "coordinates": [[list(point) for point in [*ring, ring[0]]]]}


def places(count: int, rng: random.Random, grid: dict[tuple[int, int], tuple[float, float]]) -> list[Place]:
    """`count` places with different names, more of them and busier ones in the middle of the city."""
    names = [f"{place}, {district}" for place in PLACES for district in DISTRICTS]
    rng.shuffle(names)
    weights = [3 if index in (5, 6) else 2 if index in (1, 2, 9, 10) else 1 for index in range(len(DISTRICTS))]
    found = []
    for _ in range(count):
        district = rng.choices(range(len(DISTRICTS)), weights)[0]
        name = next(name for name in names if name.endswith(DISTRICTS[district]))
        names.remove(name)
        longitude, latitude = _inside(district, rng, grid)
        address = f"{rng.randint(1, 180)} {rng.choice(STREETS)}"
        busy = rng.lognormvariate(0, 0.55) * (1 + 0.25 * weights[district])
        found.append(Place(name, address, rng.choice(OPERATORS), district, latitude, longitude, busy))
    return found


def _inside(district: int, rng: random.Random, grid: dict[tuple[int, int], tuple[float, float]]) -> tuple[float, float]:
    """A point inside a district: its four corners, weighted (bilinear)."""
    column, row = district % COLUMNS, ROWS - 1 - district // COLUMNS
    u, v = rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.88)
    weighted = (
        (grid[column, row], (1 - u) * (1 - v)),
        (grid[column + 1, row], u * (1 - v)),
        (grid[column + 1, row + 1], u * v),
        (grid[column, row + 1], (1 - u) * v),
    )
    return (
        round(sum(point[0] * weight for point, weight in weighted), 6),
        round(sum(point[1] * weight for point, weight in weighted), 6),
    )
