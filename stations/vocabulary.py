"""The words of the equipment: what a site, a charger and a connector can be.

Values are what the database, files and programs hold and never change; labels are what people read.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SiteKind(TextChoices):
    """What a site is for."""

    CHARGING_STATION = "charging_station", _("Charging station")
    DISTRIBUTION_CENTRE = "distribution_centre", _("Battery distribution centre")
    MEMBER_STORE = "member_store", _("Battery member store")


class SiteStatus(TextChoices):
    """Where a site stands between plan and end."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class SiteService(TextChoices):
    """What customers can get at a site, by the five categories of service items."""

    CHARGING = "charging", _("Charging")
    RENTAL = "rental", _("Battery rental")
    SWAP = "swap", _("Battery replacement")
    BATTERY_SALE = "battery_sale", _("Battery sale")
    BATTERY_MAINTENANCE = "battery_maintenance", _("Battery maintenance")
    GOODS_SALE = "goods_sale", _("Small chargers, cards and spare parts")
    RECYCLING = "recycling", _("Old-battery recycling")
    TRAINING = "training", _("Training")
    CAR_MAINTENANCE = "car_maintenance", _("Car maintenance")
    SHOPPING = "shopping", _("Shopping")
    LEISURE = "leisure", _("Leisure")


class ChargingMethod(TextChoices):
    """How a charger gives energy."""

    AC = "ac", _("AC")
    DC = "dc", _("DC")
    BATTERY_RACK = "battery_rack", _("Battery rack")
    SWAP_CABINET = "swap_cabinet", _("Swap cabinet")


class ChargerState(TextChoices):
    """Whether a charger as a whole can work; what it is doing is the state of its connectors."""

    PLANNED = "planned", _("Planned")
    IN_SERVICE = "in_service", _("In service")
    OUT_OF_SERVICE = "out_of_service", _("Out of service")
    FAULTED = "faulted", _("Faulted")
    REMOVED = "removed", _("Removed")


class Current(TextChoices):
    """What kind of current a connector carries."""

    AC_1_PHASE = "ac1", _("AC, one phase")
    AC_3_PHASE = "ac3", _("AC, three phases")
    DC = "dc", _("DC")
    UNKNOWN = "unknown", _("Unknown")


class ConnectorStandard(TextChoices):
    """What fits: the standard of a connector or socket outlet.

    Names of the standards: GB/T 20234.2 and .3, IEC 62196-2 (AC) and -3 (DC), SAE J1772 and J3400, IEEE 2030.1.1
    (CHAdeMO), IEC 60309 (CEE), CEE 7/3 (Schuko), BS 1363.
    """

    GBT_AC = "gbt_20234_2", _("GB/T 20234.2 (AC)")
    GBT_DC = "gbt_20234_3", _("GB/T 20234.3 (DC)")
    TYPE_1 = "iec_62196_t1", _("IEC 62196-2 Type 1")
    TYPE_2 = "iec_62196_t2", _("IEC 62196-2 Type 2")
    TYPE_3 = "iec_62196_t3", _("IEC 62196-2 Type 3")
    CCS1 = "ccs1", _("CCS1")
    CCS2 = "ccs2", _("CCS2")
    CHADEMO = "chademo", _("CHAdeMO")
    NACS = "nacs", _("NACS (SAE J3400)")
    SCHUKO = "schuko", _("Domestic socket, Schuko (CEE 7/3)")
    BS_1363 = "bs_1363", _("Domestic socket, three-pin (BS 1363)")
    CEE_3 = "cee_3", _("CEE, three-pin (IEC 60309)")
    CEE_5 = "cee_5", _("CEE, five-pin (IEC 60309)")
    UNKNOWN = "unknown", _("Unknown")


class ConnectorState(TextChoices):
    """What a connector is doing, in the words of OCPP 1.6 (ChargePointStatus, section 7.7)."""

    AVAILABLE = "Available", _("Available")
    PREPARING = "Preparing", _("Preparing")
    CHARGING = "Charging", _("Charging")
    SUSPENDED_EV = "SuspendedEV", _("Suspended by the vehicle")
    SUSPENDED_EVSE = "SuspendedEVSE", _("Suspended by the charger")
    FINISHING = "Finishing", _("Finishing")
    RESERVED = "Reserved", _("Reserved")
    UNAVAILABLE = "Unavailable", _("Unavailable")
    FAULTED = "Faulted", _("Faulted")
