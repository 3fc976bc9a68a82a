"""Public charging stations of Shenzhen from two releases of one research group: the columns of their files.

`UrbanEV`: stations with their number of piles and their zone (Li et al., Scientific Data 12:523, 2025). `ST-EVCDP`:
stations with fast (DC) and slow (AC) piles, and the zones of the city's grid. All give coordinates in GCJ-02; the
second does not say so, but 1,556 of the 1,587 stations of the first lie on one of the second to the last digit. The
stations of the first name their zone by the `grid` of the second's zones: the nearest station of 210 of its 247 zones
names it, none its `num`.
"""

URBANEV_COLUMNS = ("station_id", "longitude", "latitude", "charge_count", "TAZID", "area", "perimeter")
STEVCDP_COLUMNS = ("station_id", "latitude", "longitude", "fast", "slow", "count")
ZONE_COLUMNS = (
    "num", "grid", "count", "fast_count", "slow_count", "area", "lon", "la", "CBD", "dynamic_pricing",
)  # fmt: skip
