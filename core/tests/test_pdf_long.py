"""Long documents in pieces: the same pages, in little memory. The helper's own code runs here, with small pieces."""

import pikepdf
import pytest

from core.rendering import paper, runs, splitting
from core.tests.paper_tools import long_document, opened, texts_of


@pytest.fixture
def make(monkeypatch, tmp_path):
    """A function that makes a document in pieces of a few pages."""
    monkeypatch.setattr(paper, "WHOLE_PAGES", 3)
    monkeypatch.setattr(runs, "FIRST_RUN_PAGES", 2)
    monkeypatch.setattr(runs, "RUN_PAGES", 3)
    about = {
        "title": "Rows", "author": "ChargeNet", "language": "en", "tagged": None, "folder": str(tmp_path),
        "created": "2024-03-09T14:05:00+00:00",
    }  # fmt: skip

    def ask(question):
        raise AssertionError(f"nothing to fetch: {question}")

    def make(html: str, shares: int = 2) -> bytes:
        monkeypatch.setattr(paper, "SHARE_PAGES", 1_000_000)
        monkeypatch.setattr(splitting, "shares", _into(shares, splitting.shares))
        planned, content = paper.handle({"job": "plan", **about}, html.encode(), ask)
        if "shares" not in planned:
            return content
        parts = []
        for number, name in enumerate(planned["shares"]):
            made, _ = paper.handle({"job": "share", "share": name, "number": number, **about}, b"", ask)
            parts += made["parts"]
        assert len(parts) >= 2
        return paper.handle({"job": "merge", "shares": planned["shares"], "parts": parts, **about}, b"", ask)[1]

    return make


def _into(count: int, cut):
    return lambda blocks, _count: cut(blocks, count)


def in_one_piece(html: str) -> bytes:
    about = {"title": "Rows", "author": "ChargeNet", "language": "en", "tagged": False, "folder": "", "created": None}
    document = paper.HTML(string=html)
    return paper._whole(about, document)[1]


def test_pages_of_one_share_are_those_of_one_piece(make):
    html = long_document(300)
    assert texts_of(make(html, shares=1)) == texts_of(in_one_piece(html))


def test_every_row_stands_there_once_in_its_order(make):
    codes = [word for text in texts_of(make(long_document(300))) for word in text.split() if word.startswith("ROW-")]
    assert codes == [f"ROW-{number:05d}" for number in range(300)]


def test_pages_are_numbered_through(make):
    texts = texts_of(make(long_document(300)))
    numbers = [f"Page {number} of {len(texts)}" for number in range(1, len(texts) + 1)]
    assert [number in text for number, text in zip(numbers, texts, strict=True)] == [True] * len(texts)
    assert sum(text.count("Page ") for text in texts) == len(texts)


def test_every_page_has_its_running_head_and_the_head_of_the_table(make):
    texts = texts_of(make(long_document(300)))
    assert [text.count("HEAD OF EVERY PAGE") for text in texts] == [1] * len(texts)
    assert all("Code" in text for text in texts)


def test_the_style_of_the_first_page_is_that_of_the_first_page_alone(make):
    rows = [text.count("ROW-") for text in texts_of(make(long_document(300), shares=1))]
    assert rows[0] < rows[1]
    assert len(set(rows[1:-1])) == 1


def test_a_paragraph_of_many_pages_is_not_lost(make):
    words = " ".join(f"w{number}" for number in range(6000))
    html = long_document(150, after=f"<p>{words}</p><p>The end</p>")
    text = " ".join(texts_of(make(html)))
    assert [word for word in text.split() if word.startswith("w") and word[1:].isdigit()] == words.split()
    assert "The end" in text


def test_headings_become_one_tree_of_bookmarks(make):
    html = long_document(200, after="<section><h2>Second part</h2><h3>Detail</h3><p>x</p></section>")
    with opened(make(html)) as pdf, pdf.open_outline() as outline:
        (top,) = outline.root
        assert [(child.title, [grand.title for grand in child.children]) for child in top.children] == [
            ("All rows", []),
            ("Second part", ["Detail"]),
        ]


def test_a_link_inside_a_piece_still_leads_to_its_place(make):
    with opened(make(long_document(200))) as pdf:
        names = [str(name) for name, _place in pikepdf.NameTree(pdf.Root.Names.Dests).items()]
    assert names == ["rows"]


def test_the_whole_says_its_title_and_language(make):
    with opened(make(long_document(200))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Rows"
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20240309140500+00'00"


def test_a_long_document_gives_the_same_file_again(make, tmp_path):
    assert make(long_document(150)) == make(long_document(150))


def test_rows_under_a_spanning_cell_stay_together():
    html = paper.HTML(
        string="<body><table><tbody><tr><td rowspan=3>a<td>1<tr><td>2<tr><td>3<tr><td>b<td>4</table></body>"
    )
    flow = splitting.take_apart(html.etree_element)
    assert [len(block.elements) for block in flow.blocks] == [3, 1]


def test_a_share_begins_with_a_section_where_one_is_near():
    sections = "".join(f"<section><h2>S{n}</h2>{'<p>x</p>' * 20}</section>" for n in range(4))
    flow = splitting.take_apart(paper.HTML(string=f"<body>{sections}</body>").etree_element)
    first, second = splitting.shares(flow.blocks, 2)
    assert second[0].first.text == "S2"
    assert len(first) + len(second) == len(flow.blocks)


def test_a_share_is_cut_between_blocks_where_no_section_is_near():
    flow = splitting.take_apart(paper.HTML(string=f"<body>{'<p>x</p>' * 100}</body>").etree_element)
    assert [len(share) for share in splitting.shares(flow.blocks, 4)] == [25, 25, 25, 25]


def test_a_continued_container_keeps_neither_its_name_nor_its_caption():
    rows = "<tr><td>x</td></tr>" * 4
    html = paper.HTML(string=f"<body><table id=t><caption>C</caption><tbody>{rows}</table></body>")
    flow = splitting.take_apart(html.etree_element)
    run = splitting.run_of(flow, flow.blocks[3:], before=flow.blocks[2], lead=True)
    table = run.find("body/table")
    assert (table.get("id"), table.find("caption"), table.get("class")) == (None, None, "paper-continued paper-first")
