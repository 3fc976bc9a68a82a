"""Pages of questions for a second person, and of the rules when one is wanted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now
from core.crud.asking import answer_question, ask, posted
from core.crud.declare import Column, ListAction, RowAction, Section
from core.crud.views import CRUDView
from core.errors import Refusal
from core.parts import Action, Cell, Change, Crumb, Row, State
from core.parts import Column as Head
from core.rights import may, permission_required
from core.urls import network_url
from security.four_eyes.actions import TOPIC, approve, change_rule, refuse, withdraw
from security.four_eyes.deeds import LOOSEN_RULE
from security.four_eyes.doing import Done, do_or_ask
from security.four_eyes.registry import Deed, all_deeds, deed_of, deed_text
from security.four_eyes.rules import Rule, rule_of
from security.models import Approval, ApprovalState
from security.role_forms import RuleForm, WithdrawForm
from security.signing.sensitive import sensitive
from security.words import TEXTS, permission_text

VIEW, DECIDE = "security.view_approval", "security.decide_approval"
RULES = "security.change_deedrule"


def _waits(approval: Approval) -> bool:
    return approval.state == ApprovalState.ASKED and approval.expires_at > now()


def state_of(approval: Approval) -> State:
    """The state of a question by the clock: one that waited too long has expired, whatever stands in the table."""
    expired = approval.state == ApprovalState.ASKED and not _waits(approval)
    state = ApprovalState.EXPIRED if expired else ApprovalState(approval.state)
    return State("approval", state.value, state.label)


class ApprovalViews(CRUDView):
    """Questions for a second person."""

    model = Approval
    namespace = "people"
    icon = "shield-check"
    state = "standing"
    live_topic = TOPIC
    lead = gettext_lazy("Deeds that somebody asked for and a second person decides.")
    empty_text = gettext_lazy("Nothing has needed a second person yet.")
    detail_template = "security/approval_detail.html"
    permissions = {"view": VIEW}
    columns = [
        "number",
        "summary",
        Column("deed", value=lambda row: deed_text(row.deed), label=gettext_lazy("Deed"), sort="deed"),
        Column("standing", label=gettext_lazy("State"), kind="state", value=state_of, sort="state"),
        Column("amount", decimals=2),
        "asked_by",
        "asked_at",
        "reason",
        "expires_at",
        "decided_by",
        "decided_at",
        "decision_reason",
    ]
    default_columns = ["number", "summary", "standing", "asked_by", "asked_at", "decided_by", "decided_at"]
    search_fields = ["number", "summary"]
    filters = ["state", "asked_at", "decided_at"]
    ordering = ["-asked_at", "-id"]
    sections = [
        Section(
            gettext_lazy("Question"), ["summary", "deed", "amount", "asked_by", "asked_at", "reason", "expires_at"]
        ),
        Section(gettext_lazy("Decision"), ["standing", "decided_by", "decided_at", "decision_reason"]),
    ]
    actions = [
        RowAction(
            gettext_lazy("Approve"), "people:approval-approve", DECIDE, icon="check", tone="primary", when=_waits,
            dialog=True,
        ),
        RowAction(
            gettext_lazy("Refuse"), "people:approval-refuse", DECIDE, icon="x", tone="danger", when=_waits, dialog=True
        ),
        RowAction(
            gettext_lazy("Take back"), "people:approval-withdraw", VIEW, icon="undo-2", when=_waits, dialog=True
        ),
    ]  # fmt: skip
    list_actions = [
        ListAction(
            gettext_lazy("Waiting"), "people:approval-list", VIEW, icon="hourglass", query="state=asked"
        ),
        ListAction(gettext_lazy("When a second person is wanted"), "people:deed-list", VIEW, icon="settings"),
    ]  # fmt: skip

    @classmethod
    def row_buttons(cls, request: HttpRequest, row: Any) -> list[Action]:
        """Who asked may take back, everybody else with the right may decide."""
        own = row.asked_by_id == request.user.pk
        deed = deed_of(row.deed)
        may_decide = not own and deed is not None and may(request.user, deed.approve)
        back = network_url("people:approval-withdraw", row.number)
        return [action for action in super().row_buttons(request, row) if (own if action.url == back else may_decide)]

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """What would be different afterwards."""
        context["changes"] = changes_of(row)
        return context


def changes_of(approval: Approval) -> list[Change]:
    """What the deed changes, in people's words."""
    names = sorted({*approval.before, *approval.after})
    return [
        Change(
            permission_text(name) if name in TEXTS else name,
            _words(approval.before.get(name)),
            _words(approval.after.get(name)),
        )
        for name in names
    ]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def _question(request: HttpRequest, number: str, deed: Any, *, done: str, title: str, **context: Any) -> HttpResponse:
    approval = ApprovalViews.get_row(request, VIEW, number=number)
    return answer_question(
        request,
        WithdrawForm(posted(request)),
        lambda **said: deed(approval=approval, **said),
        done=done,
        back=ApprovalViews.url(approval),
        title=title,
        lead=approval.summary,
        object=approval,
        breadcrumbs=ApprovalViews.crumbs(request, approval, linked=True),
        **context,
    )


@ask
@permission_required(DECIDE)
@sensitive
def approval_approve(request: HttpRequest, number: str) -> HttpResponse:
    """Approve as the second person; the deed is done with it."""
    return _question(
        request, number, approve, done=_("Approved and done."), title=_("Approve this?"), submit_label=_("Approve")
    )


@ask
@permission_required(DECIDE)
def approval_refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse as the second person."""
    return _question(
        request, number, refuse, done=_("Refused."), title=_("Refuse this?"), submit_label=_("Refuse"), tone="destroy"
    )


@ask
@permission_required(VIEW)
def approval_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take one's own question back."""
    return _question(
        request,
        number,
        withdraw,
        done=_("Taken back."),
        title=_("Take this question back?"),
        submit_label=_("Take back"),
    )


@permission_required(VIEW)
def deed_list(request: HttpRequest) -> HttpResponse:
    """All deeds, and whether they need a second person here."""
    heads = [
        Head("deed", _("Deed")),
        Head("on", _("Second person"), "flag"),
        Head("from", _("From an amount of")),
        Head("limits", _("Limits")),
    ]
    may_change = may(request.user, RULES)
    rows = [_deed_row(deed, heads, may_change) for deed in all_deeds()]
    context = {
        "title": _("When a second person is wanted"),
        "lead": _("Whoever asks for such a deed cannot approve it. Another person with the right decides."),
        "breadcrumbs": [
            Crumb(ApprovalViews.plural(), ApprovalViews.list_url()),
            Crumb(_("When a second person is wanted")),
        ],
        "columns": heads,
        "rows": rows,
    }
    return TemplateResponse(request, "security/roles.html", context)


def _deed_row(deed: Deed, heads: list[Head], may_change: bool) -> Row:
    rule = rule_of(deed)
    limits = _("always needed") if not deed.can_be_off else ""
    if deed.highest_threshold is not None:
        limits = _("at most from %(amount)s %(unit)s") % {"amount": deed.highest_threshold, "unit": deed.unit}
    amount = "" if rule.threshold is None else f"{rule.threshold.normalize():f} {deed.unit}"
    values = (deed.text, rule.is_on, amount, limits)
    changeable = may_change and (deed.can_be_off or deed.has_amount)
    url = network_url("people:deed-change", deed.code) if changeable else ""
    return Row([Cell(head, value) for head, value in zip(heads, values, strict=True)], url=url)


@ask
@permission_required(RULES)
@sensitive
def deed_change(request: HttpRequest, deed: str) -> HttpResponse:
    """Choose whether a deed needs a second person; loosening the rule needs one itself."""
    found = deed_of(deed)
    if found is None:
        raise Http404
    rule, back = rule_of(found), network_url("people:deed-list")
    form = RuleForm(posted(request), deed=found, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            return _rule_changed(request, found, rule, form, back)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {
        "title": str(found.text),
        "lead": _("Switching the second person off, or raising the amount, needs a second person itself."),
        "breadcrumbs": [Crumb(_("When a second person is wanted"), back), Crumb(found.text)],
        "form": form,
        "cancel_url": back,
    }
    return TemplateResponse(request, "generic/form.html", context, status=422 if form.is_bound and form.errors else 200)


def _rule_changed(request: HttpRequest, deed: Deed, rule: Rule, form: RuleForm, back: str) -> HttpResponse:
    wanted, actor = form.rule, request.user
    if not wanted.is_looser_than(rule):
        change_rule(deed=deed.code, is_on=wanted.is_on, threshold=wanted.threshold, actor=actor, now=now())  # type: ignore[arg-type]
        messages.success(request, _("The rule is saved."))
        return redirect(back)
    threshold = None if wanted.threshold is None else str(wanted.threshold)
    outcome = do_or_ask(
        LOOSEN_RULE,
        params={"deed": deed.code, "is_on": wanted.is_on, "threshold": threshold},
        summary=_("Loosen the rule for a second person: %(deed)s") % {"deed": deed.text},
        before={_("Needs a second person"): rule.is_on, _("From an amount of"): rule.threshold},
        after={_("Needs a second person"): wanted.is_on, _("From an amount of"): wanted.threshold},
        actor=actor,  # type: ignore[arg-type]
        now=now(),
        reason=form.cleaned_data["reason"],
    )
    assert not isinstance(outcome, Done)  # noqa: S101 (the rule about loosening cannot be switched off)
    messages.info(request, _("A second person has to approve this: %(number)s.") % {"number": outcome.number})
    return redirect(network_url("people:approval-detail", outcome.number))
