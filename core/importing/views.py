"""The import wizard: choose what, send a file, choose its columns, look at the check, import, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core import export
from core.clock import now
from core.crud.exports import surroundings
from core.errors import Refusal
from core.importing import actions, pages
from core.importing.changes import count_changes, undo_blockers
from core.importing.files import FileGone, open_run
from core.importing.forms import ApplyForm, MappingForm, ReadingForm, UploadForm
from core.importing.importer import Importer, importer_named
from core.importing.leftout import heads, left_out_rows, left_out_workbook
from core.importing.mapping import MappingRefused, propose
from core.importing.models import ImportRun
from core.importing.queries import importers_for, remembered_or_preset, sources
from core.importing.reading import Options, UnreadableFile
from core.importing.work import ImportRefused, refuse_late_undo
from core.jobs.actions import cancel_job
from core.parts import Consequence
from core.records import note_refusal, record
from core.rights import may_everywhere, permission_required
from core.tenancy.scope import require_network
from core.urls import network_url

VIEW = "core.view_importrun"
SAMPLE = 5


def _importer(request: HttpRequest, name: str) -> type[Importer]:
    """The importer of that name, for those who may run it."""
    try:
        importer = importer_named(name)
    except LookupError:
        raise Http404 from None
    if not may_everywhere(request.user, importer.permission):
        raise PermissionDenied(importer.permission)
    return importer


def _run(request: HttpRequest, number: str, *, to_change: bool = False) -> ImportRun:
    """The import of that number among those the reader may see; to change it the importer's own right is needed."""
    visible = ImportRun.objects.visible_to(request.user, VIEW)
    run: ImportRun = get_object_or_404(visible.select_related("job", "actor", "applied_by", "undone_by"), number=number)
    if to_change and not pages.may_import(request, run):
        raise PermissionDenied(run.importer)
    return run


def _to(run: ImportRun) -> HttpResponse:
    return redirect(network_url("imports:run", run.number))


@require_GET
@permission_required(VIEW)
def choose(request: HttpRequest) -> HttpResponse:
    """What shall be imported."""
    allowed = importers_for(request.user)
    if not allowed:
        raise PermissionDenied(VIEW)
    if len(allowed) == 1:
        return redirect(network_url("imports:upload", allowed[0].name))
    context = {"title": _("New import"), "breadcrumbs": pages.crumbs(), "importers": allowed}
    return render(request, "importing/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW)
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """Send a file."""
    importer = _importer(request, name)
    known = sources(importer)
    form = UploadForm(request.POST or None, request.FILES or None, sources=known)
    if request.method == "POST" and form.is_valid():
        try:
            return _columns_of(_receive(request, importer, form))
        except Refusal as refusal:
            note_refusal(refusal)
            form.add_error("file", str(refusal))
    context = {
        "title": _("Import: %(what)s") % {"what": importer.title},
        "lead": importer.description,
        "breadcrumbs": pages.crumbs(),
        "form": form,
        "steps": pages.steps(),
        "sources": known,
        "field_facts": pages.field_facts(importer),
        "cancel_url": network_url("imports:list"),
    }
    return render(request, "importing/upload.html", context, status=422 if form.errors else 200)


upload.takes_files = True  # type: ignore[attr-defined]


def _receive(request: HttpRequest, importer: type[Importer], form: UploadForm) -> ImportRun:
    """Take the file in; where nobody named a source or a way of reading, what is known of such files counts."""
    sent, reading = form.cleaned_data["file"], form.options()
    with transaction.atomic():
        source = form.cleaned_data["source_name"]
        run = actions.receive_file(
            importer=importer, sent=sent, source_name=source, actor=request.user, now=now(), reading=reading
        )
        known = remembered_or_preset(importer, run)
        if known.reading and not run.reading:
            run = actions.read_again(run=run, reading=Options.from_dict(known.reading), actor=request.user)
        if not source:
            run.source_name = known.name or _source_of(run.filename)
            run.save()
    return run


def _source_of(filename: str) -> str:
    return filename.partition(".")[0][:80]


def _columns_of(run: ImportRun) -> HttpResponse:
    return redirect(network_url("imports:columns", run.number))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW)
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """Say what the columns of the file mean."""
    run = _run(request, number, to_change=True)
    importer = importer_named(run.importer)
    known = remembered_or_preset(importer, run)
    data = request.POST if request.method == "POST" else None
    mapping = MappingForm(importer, run.columns, run.mapping or propose(importer, run.columns, known.mapping), data)
    options = importer.options_form(data, initial={**known.options, **run.options})
    if data is not None and mapping.is_valid() and options.is_valid():
        try:
            return _check(request, run, mapping, options)
        except MappingRefused as refusal:
            note_refusal(refusal, target=run)
            mapping.refuse(refusal.columns, refusal.fields)
        except Refusal as refusal:
            note_refusal(refusal, target=run)
            mapping.add_error(None, str(refusal))
    return _columns_page(request, run, mapping, options, ReadingForm.for_run(run))


def _check(request: HttpRequest, run: ImportRun, mapping: MappingForm, options: Any) -> HttpResponse:
    stored = {name: options.data.get(name, "") for name in options.fields}
    run = actions.choose_columns(run=run, mapping=mapping.mapping(), options=stored, actor=request.user, now=now())
    return _to(actions.start_check(run=run, actor=request.user, now=now()))


def _columns_page(
    request: HttpRequest, run: ImportRun, mapping: MappingForm, options: Any, reading: ReadingForm
) -> HttpResponse:
    try:
        sample = open_run(run).sample(SAMPLE)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _to(run)
    bound = [mapping[name] for name in mapping.fields]
    examples = [[row.values[column] for row in sample if row.values[column].strip()][:3] for column in run.columns]
    context = {
        "title": _("What the columns mean"),
        "subtitle": run.filename,
        "breadcrumbs": pages.crumbs(run),
        "run": run,
        "steps": pages.steps(),
        "mapping": mapping,
        "lines": list(zip(run.columns, examples, bound, strict=True)),
        "options": options,
        "reading": reading,
        "reading_facts": pages.detected_facts(run),
        "field_facts": pages.field_facts(importer_named(run.importer)),
    }
    return render(request, "importing/columns.html", context, status=422 if mapping.errors or reading.errors else 200)


@require_POST
@permission_required(VIEW)
def read_again(request: HttpRequest, number: str) -> HttpResponse:
    """Read the file in another way."""
    run = _run(request, number, to_change=True)
    form = ReadingForm.for_run(run, request.POST)
    if form.is_valid():
        try:
            actions.read_again(run=run, reading=form.options(), actor=request.user)
            messages.success(request, _("The file is read anew."))
        except (UnreadableFile, FileGone, ImportRefused) as refusal:
            note_refusal(refusal, target=run)
            messages.error(request, str(refusal))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return _columns_of(run)


@require_GET
@permission_required(VIEW)
def run(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one import: its check, what it did, what can be done now."""
    found = _run(request, number)
    context = pages.run_context(request, found) | {"form": ApplyForm()}
    return render(request, "importing/run.html", context)


@require_GET
@permission_required(VIEW)
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The running step alone, for htmx; when it has ended the whole page is shown anew."""
    job = pages.job_part(_run(request, number))
    if job is None:
        return HttpResponseClientRefresh()
    return render(request, "components/job.html", {"job": job})


@require_POST
@permission_required(VIEW)
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Stop the running step."""
    found = _run(request, number, to_change=True)
    if found.job is not None:
        try:
            cancel_job(job=found.job, actor=request.user, now=now())
            messages.info(request, _("The step is being stopped."))
        except Refusal as refusal:
            note_refusal(refusal, target=found.job)
            messages.error(request, str(refusal))
    return _to(found)


@require_POST
@permission_required(VIEW)
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Check the file again."""
    return _act(request, _run(request, number, to_change=True), actions.start_check)


@require_POST
@permission_required(VIEW)
def apply(request: HttpRequest, number: str) -> HttpResponse:
    """Import the checked file."""
    form = ApplyForm(request.POST)
    form.is_valid()
    found = _run(request, number, to_change=True)
    return _act(request, found, actions.start_apply, skip_wrong=form.cleaned_data["skip_wrong"])


@require_POST
@permission_required(VIEW)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Give the import up."""
    return _act(request, _run(request, number, to_change=True), actions.cancel_import)


def _act(request: HttpRequest, run: ImportRun, action: Any, **values: Any) -> HttpResponse:
    try:
        action(run=run, actor=request.user, now=now(), **values)
    except Refusal as refusal:
        note_refusal(refusal, target=run)
        messages.error(request, str(refusal))
    return _to(run)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW)
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Ask before an import is taken back, and take it back."""
    found = _run(request, number, to_change=True)
    if request.method == "POST":
        return _act(request, found, actions.start_undo)
    context = {
        "title": _("Undo the import of %(file)s?") % {"file": found.filename},
        "lead": _("The network will be as if the file had never been imported."),
        "object": found,
        "consequences": [
            Consequence(label, "removed" if kind == "made" else "changed", count)
            for kind, label, count in count_changes(found)
        ],
        "blockers": _blockers(found),
        "submit_label": _("Undo the import"),
        "cancel_url": network_url("imports:run", found.number),
    }
    return render(request, "generic/confirm.html", context)


def _blockers(run: ImportRun) -> list[str]:
    try:
        refuse_late_undo(run, now())
    except Refusal as refusal:
        return [str(refusal)]
    return undo_blockers(run)


@require_GET
@permission_required(VIEW)
def left_out(request: HttpRequest, number: str, extension: str) -> HttpResponseBase:
    """The rows that are wrong or set aside, with their reasons, to be mended and sent again."""
    found = _run(request, number)
    name = export.filename([found.number, "left out"], extension)
    try:
        if extension == "xlsx":
            record("import.left-out-taken", target=found, actor=request.user, summary=name)
            return export.as_download(FileResponse(left_out_workbook(found)), name)
        open_run(found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _to(found)
    record("import.left-out-taken", target=found, actor=request.user, summary=name)
    around = surroundings(require_network(), timezone.get_current_timezone(), translation.get_language())

    def pieces() -> Any:
        with around, transaction.atomic():
            yield from export.stream_csv(heads(found), left_out_rows(found))

    return export.as_download(StreamingHttpResponse(pieces()), name)
