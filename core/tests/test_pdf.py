"""HTML to PDF: what a document may hold, what it says of itself, and who can read it."""

import base64
import io
import logging
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from core.pdf import PdfError, PdfTimeout, ResourceRefused, html_to_pdf, make_pdf, making
from core.rendering.pool import HelperPool
from core.tests.paper_tools import long_document, opened, texts_of

CREATED = datetime(2024, 3, 9, 14, 5, tzinfo=UTC)
PIXEL = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="red"/></svg>'
).decode()


def printed(body: str, **options) -> bytes:
    html = f'<html lang="en"><head><title>T</title></head><body>{body}</body></html>'
    return html_to_pdf(html, **({"title": "T", "language": "en", "created": CREATED} | options))


def test_a_page_becomes_a_pdf_with_its_text():
    assert texts_of(printed("<p>Forty kilowatts</p>")) == ["Forty kilowatts"]


def test_the_file_says_its_title_language_maker_and_moment():
    with opened(printed("<p>x</p>", title="Sites & more", language="zh-hans")) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Sites & more"
        assert str(pdf.docinfo["/Author"]) == "ChargeNet"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20240309140500")


def test_the_language_is_that_of_the_call_where_the_page_states_none():
    content = html_to_pdf("<body><p>x</p></body>", title="T", language="zh-hans")
    with opened(content) as pdf:
        assert str(pdf.Root.Lang) == "zh-hans"


def test_a_short_document_is_tagged_for_screen_readers():
    made = make_pdf("<html lang=en><body><h1>Title</h1></body></html>", title="T", language="en")
    assert made.tagged
    with opened(made.content) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_a_picture_in_a_tagged_document_carries_its_words():
    picture = f'<img alt="Energy by day" src="data:image/svg+xml;base64,{PIXEL}">'
    with opened(printed(picture)) as pdf:
        alts = [str(item.Alt) for item in pdf.objects if hasattr(item, "keys") and "/Alt" in item]
    assert alts == ["Energy by day"]


def test_a_document_is_not_tagged_when_that_was_not_wanted():
    with opened(printed("<p>x</p>", tagged=False)) as pdf:
        assert "/StructTreeRoot" not in pdf.Root


def test_the_same_page_gives_the_same_file():
    assert printed("<p>x</p>") == printed("<p>x</p>")


def test_every_font_is_embedded_and_chinese_has_one():
    reader = PdfReader(io.BytesIO(printed("<p>Charging 充电站</p>")))
    fonts = reader.pages[0]["/Resources"]["/Font"].get_object().values()
    descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    assert descendants
    assert all(
        "/FontFile2" in font["/FontDescriptor"] or "/FontFile3" in font["/FontDescriptor"] for font in descendants
    )


def test_a_character_that_no_font_has_is_complained_of_with_a_hint(caplog):
    logging.getLogger("core").propagate = True
    with caplog.at_level(logging.WARNING, logger="core.pdf.making"):
        made = make_pdf("<html lang=en><body>\U000f1234</body></html>", title="T", language="en")
    assert any("U+F1234" in line for line in made.complaints)
    assert "fonts-wqy-microhei" in caplog.text


@pytest.mark.parametrize(
    "reference",
    [
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="http://169.254.169.254/latest/meta-data">',
        '<img alt="x" src="https://example.org/x.png">',
        '<img alt="x" src="//example.org/x.png">',
        '<img alt="x" src="/etc/passwd">',
        '<img alt="x" src="/static/../settings.py">',
        '<img alt="x" src="/static/%2e%2e/manage.py">',
        '<img alt="x" src="/static/..%5cmanage.py">',
        '<img alt="x" src="/static/css/no-such-file.png">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<link rel="attachment" href="file:///etc/hostname">',
        "<style>body { background: url(ftp://example.org/x.png) }</style>",
        '<style>@import "https://example.org/x.css";</style>',
        "<style>@font-face { font-family: X; src: url(file:///etc/hostname) } body { font-family: X }</style>",
        '<base href="file:///etc/"><img alt="x" src="hostname">',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
    ],
)
def test_a_document_that_refers_to_anything_but_our_files_is_refused(reference):
    with pytest.raises(ResourceRefused, match="is refused"):
        printed(reference)


def test_our_own_style_sheets_are_used():
    styled = printed('<link rel="stylesheet" href="/static/css/print/paper.css"><p>x</p>')
    assert styled != printed("<p>x</p>")


def test_an_upload_may_be_printed_from_the_folders_that_were_named(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "photo.svg").write_bytes(base64.b64decode(PIXEL))
    made = printed('<img alt="x" src="/media/sites/photo.svg">', media=[folder])
    assert made != printed("")


def test_an_upload_of_another_folder_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    for name in ("mine", "theirs"):
        (tmp_path / name).mkdir()
    (tmp_path / "theirs" / "photo.svg").write_bytes(base64.b64decode(PIXEL))
    with pytest.raises(ResourceRefused, match="may not contain that upload"):
        printed('<img alt="x" src="/media/theirs/photo.svg">', media=[tmp_path / "mine"])


def test_a_link_out_of_the_named_folder_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    (tmp_path / "mine").mkdir()
    (tmp_path / "secret.svg").write_bytes(base64.b64decode(PIXEL))
    (tmp_path / "mine" / "photo.svg").symlink_to(tmp_path / "secret.svg")
    with pytest.raises(ResourceRefused):
        printed('<img alt="x" src="/media/mine/photo.svg">', media=[tmp_path / "mine"])


def test_an_upload_that_is_gone_is_left_out_and_complained_of(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    made = make_pdf(
        '<html lang=en><body><img alt="x" src="/media/gone.svg"><p>Text</p></body></html>',
        title="T", language="en", media=[tmp_path],
    )  # fmt: skip
    assert any("no longer there" in line for line in made.complaints)


def test_a_static_file_that_is_no_part_of_a_document_is_refused():
    with pytest.raises(ResourceRefused, match="not a style sheet, picture or font"):
        printed('<link rel="stylesheet" href="/static/js/main.js">')


def test_a_document_that_takes_too_long_says_so():
    with pytest.raises(PdfTimeout, match="was not made within"):
        html_to_pdf(long_document(2000), title="Rows", language="en", tagged=True, timeout=1)


def test_a_document_without_text_is_one_empty_page():
    assert texts_of(printed("")) == [""]


def test_a_failed_layout_is_an_error_of_ours(monkeypatch):
    other = HelperPool("charts", 1)  # its helpers do not know this kind of job
    monkeypatch.setattr(making, "_pool", other)
    with pytest.raises(PdfError, match="could not be made"):
        printed("<p>x</p>")
    other.close()


@pytest.mark.slow
def test_a_document_of_many_pages_comes_whole_in_little_memory():
    made = make_pdf(long_document(2600), title="Rows", language="en")
    texts = texts_of(made.content)
    assert made.pages == len(texts)
    assert made.pages >= 45
    assert [text.count(f"Page {number} of {made.pages}") for number, text in enumerate(texts, 1)] == [1] * made.pages
    codes = [word for text in texts for word in text.split() if word.startswith("ROW-")]
    assert codes == [f"ROW-{number:05d}" for number in range(2600)]
    assert made.peak_bytes <= 300 * 1024 * 1024


def test_a_collected_file_with_a_hashed_name_is_one_of_ours(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "sheet.0123abcd.css").write_text("p::after { content: ' from the collected sheet' }")
    texts = texts_of(printed('<link rel="stylesheet" href="/static/sheet.0123abcd.css"><p>x</p>'))
    assert texts == ["x from the collected sheet"]
