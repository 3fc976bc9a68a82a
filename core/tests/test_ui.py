"""The components and generic pages, drawn without a request, a database or a network."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string

from core import clock
from core.component_page import PARTS
from core.component_page.lists import list_page
from core.component_page.records import confirm_page, detail_page, form_page
from core.parts import (
    Action,
    Cell,
    Column,
    Delta,
    Fact,
    Link,
    Page,
    PageLink,
    Row,
    State,
    Tab,
)

HOSTILE = '"><script>alert(1)</script>'
REQUEST = SimpleNamespace(GET={}, htmx=False, get_full_path="/list/")


def draw(source: str, **context: Any) -> str:
    """Render a template source with our tags; runs of white space become one."""
    drawn = Template("{% load ui figures %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", drawn).strip()


def draw_table(column: Column, value: Any, **row: Any) -> str:
    rows = [Row([Cell(column, value)], **row)]
    return draw('{% table columns rows caption="Sites" %}', columns=[column], rows=rows)


# --- Tags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ['{% button "Save" colour="red" %}', "{% stat value=1 %}{% endstat %}", '{% notice tune="info" %}{% endnotice %}'],
)
def test_an_unknown_or_missing_prop_is_a_template_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_a_state_names_its_vocabulary_and_value() -> None:
    drawn = draw('{% state "site-status" "OPEN" "Open" %}')
    assert drawn == '<span class="state" data-state="site-status:open">Open</span>'


def test_an_underscore_in_a_state_becomes_a_dash() -> None:
    assert 'data-state="connector:suspended-ev"' in draw('{% state "connector" "suspended_ev" "x" %}')


def test_a_posting_action_is_a_form_with_a_token() -> None:
    drawn = draw("{% action action %}", action=Action("Run", "/run/", post=True), csrf_token="secret")
    assert '<form method="post" action="/run/"><input type="hidden" name="csrfmiddlewaretoken" value="secret">' in drawn


def test_lesser_actions_stand_in_a_menu() -> None:
    given = [Action("Edit", "/edit/"), Action("Close", "/close/", in_menu=True)]
    before, menu = draw("{% actions actions %}", actions=given).split("dropdown-menu", 1)
    assert ("Edit" in before, "Close" in before, "Close" in menu) == (True, False, True)


@pytest.mark.parametrize(
    ("delta", "tone", "figure"),
    [
        (Delta(8.4, good=True), "success", "+8.4"),
        (Delta(-3.1, good=False), "danger", "\u22123.1"),
        (Delta(5), "muted", "+5.0"),
        (Delta(0, good=True), "muted", "0.0"),
    ],
)
def test_a_difference_has_a_sign_and_a_tone(delta: Delta, tone: str, figure: str) -> None:
    drawn = draw("{% delta delta %}", delta=delta)
    assert (f'data-tone="{tone}"' in drawn, f"{figure}&nbsp;%" in drawn) == (True, True)


def test_a_figure_that_is_not_known_is_a_dash() -> None:
    assert '<div class="stat-value">–</div>' in draw('{% stat label="Energy" value=None kind="energy" %}{% endstat %}')


def test_progress_without_a_total_is_without_a_value() -> None:
    assert '<progress aria-label="Waiting"></progress>' in draw('{% progress 0 None label="Waiting" %}')


def test_progress_never_passes_its_total() -> None:
    assert 'value="10" max="10"' in draw('{% progress 12 10 label="Rows" %}')


def test_the_present_tab_is_marked() -> None:
    drawn = draw("{% tabs tabs %}", tabs=[Tab("Details", "/d/", current=True), Tab("History", "/h/", count=1200)])
    assert re.findall(r'href="(\S+)"( aria-current="page")?', drawn) == [("/d/", ' aria-current="page"'), ("/h/", "")]


def test_an_approximate_count_says_so() -> None:
    page = Page(3, 51, 75, 1_204_000, total_is_exact=False, links=[PageLink(None), PageLink(3, current=True)])
    assert "51–75 of about 1,204,000" in draw("{% pagination page %}", page=page)


def test_a_chart_keeps_its_specification_out_of_the_markup() -> None:
    spec = {"data": {"values": [{"name": "</script><script>alert(1)</script>"}]}}
    drawn = draw('{% chart spec id="c" title="Title" text="Says it." %}', spec=spec)
    assert drawn.count("<script") == 1
    assert '<script id="c-spec" type="application/json">' in drawn


# --- Tables and facts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        (Column("c", "C"), None, "–"),
        (Column("c", "C", "number"), 1200, ">1,200<"),
        (Column("c", "C", "energy"), 12_480_400, ">12,480.4<"),
        (Column("c", "C", "power"), 22_000, ">22<"),
        (Column("c", "C", "percent"), 0.184, ">18.4<"),
        (Column("c", "C", "duration"), timedelta(minutes=61), ">1\xa0h\xa001\xa0min<"),
        (Column("c", "C", "code"), "ST-1", '<span class="code">ST-1</span>'),
        (Column("c", "C", "flag"), True, 'aria-label="Yes"'),
        (Column("c", "C", "state"), State("job", "done", "Done"), 'data-state="job:done">Done<'),
        (Column("c", "C", "link"), Link("Depot", "/d/"), '<a href="/d/">Depot</a>'),
    ],
)
def test_a_cell_is_written_as_its_column_declares(column: Column, value: Any, written: str) -> None:
    body = Template("{% load ui %}{% table columns rows caption='x' %}").render(
        Context({"columns": [column], "rows": [Row([Cell(column, value)])]})
    )
    assert written in body.split("<tbody>")[1]


def test_how_long_ago_something_was_is_written_with_the_exact_moment() -> None:
    column = Column("c", "C", "ago")
    assert re.search(
        r'<time datetime="\S+Z" title="[^"]+">2 h ago</time>', draw_table(column, clock.now() - timedelta(hours=2))
    )


@pytest.mark.parametrize("kind", ["text", "code", "state", "link"])
def test_a_value_cannot_bring_markup_into_a_table(kind: Any) -> None:
    column = Column("c", HOSTILE, kind)
    drawn = draw_table(column, HOSTILE, url=f"/x/{HOSTILE}")
    assert "<script" not in drawn


def test_a_row_leads_to_its_record_by_its_head() -> None:
    drawn = draw_table(Column("c", "Code"), "ST-1", url="/sites/ST-1/")
    assert (
        '<tr data-href="/sites/ST-1/"><th scope=row data-label="Code"><a href="/sites/ST-1/">ST-1</a></th></tr>'
        in drawn
    )


def test_what_can_be_done_with_a_row_stands_at_its_end() -> None:
    drawn = draw_table(Column("c", "Code"), "x", actions=[Action("Accept", "/a/", dialog=True)])
    assert (
        '<td class="row-actions"><a class="button" data-size="small" data-tone="secondary" href="/a/" data-dialog>'
        in drawn
    )
    assert '<th class="row-actions" scope="col"><span class="visually-hidden">Actions</span></th>' in drawn


def test_a_row_cannot_post_by_itself() -> None:
    with pytest.raises(ValueError, match="posts"):
        draw_table(Column("c", "Code"), "x", actions=[Action("Accept", "/a/", post=True)])


def test_figures_stand_at_the_end_with_their_unit_in_the_head() -> None:
    drawn = draw_table(Column("c", "Energy", "energy"), 1000)
    assert re.search(r'<th scope="col" class="num"> Energy <span class="unit">kWh</span>', drawn)


def test_a_sorted_column_says_its_order() -> None:
    drawn = draw_table(Column("c", "Code", sort_url="?sort=-c", sort_state="ascending"), "x")
    assert re.search(r'<th scope="col" aria-sort="ascending"> <a class="sort-link" href="\?sort=-c">', drawn)


def test_a_row_with_too_few_cells_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        draw('{% table columns rows caption="x" %}', columns=[Column("a", "A"), Column("b", "B")], rows=[Row([])])


def test_a_long_text_may_wrap() -> None:
    assert "<th scope=row class=long" in draw_table(Column("c", "Reason"), "w" * 60)


def test_a_fact_has_its_unit_only_where_it_has_a_value() -> None:
    facts = [Fact("Power", 22_000, "power"), Fact("Energy", None, "energy")]
    drawn = draw("{% facts facts %}", facts=facts)
    assert ('<span class="unit">kW</span>' in drawn, "kWh" in drawn) == (True, False)


# --- Forms -----------------------------------------------------------------------------------------------------------


class SiteForm(forms.Form):
    code = forms.CharField(label="Code", help_text="Short")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect, required=False)
    active = forms.BooleanField(label="Active", required=False)
    plan = forms.FileField(label="Plan", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput({"class": "own"}), required=False)


def test_a_wrong_field_is_described_by_its_help_and_its_error() -> None:
    drawn = draw("{% field form.code %}", form=SiteForm({}))
    assert 'aria-invalid="true" aria-describedby="id_code_helptext id_code_error"' in drawn
    assert {'id="id_code_helptext"', 'id="id_code_error"'} <= set(re.findall(r'id="id_code_\w+"', drawn))


def test_the_summary_leads_to_each_wrong_field() -> None:
    drawn = draw("{% error_summary form %}", form=SiteForm({}))
    assert '<a href="#id_code">Code: This field is required.</a>' in drawn


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert draw("{% error_summary form %}", form=SiteForm({"code": "x"})) == ""


def test_a_required_field_is_marked() -> None:
    drawn = draw("{% fields form %}", form=SiteForm())
    assert drawn.count("required-mark") == 1


def test_radio_buttons_stand_under_a_legend() -> None:
    assert re.search(r'<legend class="field-label">Kind ?</legend>', draw("{% field form.kind %}", form=SiteForm()))


def test_a_file_is_dropped_on_its_input() -> None:
    assert re.search(r"data-file-drop>.*<input type=\"file\"", draw("{% field form.plan %}", form=SiteForm()))


def test_a_control_keeps_its_own_class() -> None:
    assert 'class="control own"' in draw("{% field form.password %}", form=SiteForm())


def test_fields_that_no_group_names_follow_at_the_end() -> None:
    source = "{% form_groups form fieldsets as groups %}{% for group in groups %}[{{ group.title }}:{% for field in group.fields %}{{ field.name }} {% endfor %}]{% endfor %}"  # noqa: E501
    drawn = draw(source, form=SiteForm(), fieldsets=[("Second", "", ["active", "code"]), ("None", "", ["missing"])])
    assert drawn == "[Second:active code ][:kind plan password ]"


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_htmx_gets_only_the_list() -> None:
    drawn = render_to_string("generic/list.html", {**list_page(REQUEST), "request": SimpleNamespace(htmx=True)})
    assert drawn.strip().startswith('<div class="list" id="list"')
    assert "<html" not in drawn


def test_a_list_without_matches_offers_to_clear_the_filters() -> None:
    drawn = render_to_string("generic/list.html", {**list_page(REQUEST), "rows": [], "clear_url": "?all"})
    assert re.search(r'Nothing matches these filters.*href="\?all"', drawn, re.DOTALL)


def test_the_filter_form_keeps_order_and_size() -> None:
    drawn = render_to_string("generic/list.html", list_page(REQUEST))
    assert '<input type="hidden" name="sort" value="code">' in drawn


def test_a_record_shows_its_sections_and_related_records() -> None:
    drawn = render_to_string("generic/detail.html", detail_page(REQUEST))
    assert re.findall(r"<h2>(.+?)</h2>", drawn) == ["Place", "Operation", "Chargers"]


def test_a_form_page_sends_files_only_with_the_right_encoding() -> None:
    assert 'enctype="multipart/form-data"' in render_to_string("generic/form.html", form_page(REQUEST))


def test_a_blocked_deed_has_no_button() -> None:
    blocked = {**confirm_page(REQUEST), "blockers": ["It has open sessions.", Link("Open them", "/s/")]}
    drawn = render_to_string("generic/confirm.html", blocked)
    assert ("Close the site</button>" in drawn, '<a href="/s/">Open them</a>' in drawn) == (False, True)


def test_a_deed_says_what_it_takes_with_it() -> None:
    drawn = render_to_string("generic/confirm.html", confirm_page(REQUEST))
    assert re.findall(r'<li data-tone="(\w+)">', drawn) == ["danger", "warning", "success"]


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500, 503])
def test_error_pages_need_nothing(code: int) -> None:
    drawn = render_to_string(f"{code}.html")
    assert re.search(rf"<h1>.+</h1>.*Error {code}", drawn, re.DOTALL)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_no_page_has_inline_style_or_script(name: str) -> None:
    template, context = PARTS[name]
    drawn = render_to_string(template, context(REQUEST))
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", drawn)
    assert (scripts, re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", drawn)) == ([], [])
