"""Sites on paper: the sheet of one site, and lists of sites."""

from stations.printing.lists import LIST_COLUMNS, MOST_AT_ONCE, site_list_pdf
from stations.printing.sheets import site_sheet_pdf

__all__ = ["LIST_COLUMNS", "MOST_AT_ONCE", "site_list_pdf", "site_sheet_pdf"]
