"""Tables as files: `stream_csv`, `write_xlsx` and the names of downloads, for lists and reports alike."""

from core.export.columns import Column
from core.export.delimited import stream_csv
from core.export.filenames import as_download, filename
from core.export.harmless import harmless, is_dangerous
from core.export.workbook import Book, TooManyRows, open_book, write_xlsx

__all__ = [
    "Book", "Column", "TooManyRows", "as_download", "filename", "harmless", "is_dangerous", "open_book", "stream_csv",
    "write_xlsx",
]  # fmt: skip
