"""Pages of jobs: one's own, all of them for those who may, stopping, and the result for those who still may have it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core.clock import now
from core.jobs.actions import run_job, start_job
from core.jobs.models import Job, JobState
from core.jobs.registry import job
from core.jobs.run import JobRun
from core.tenancy.scope import network_scope
from core.testing.base import body

KIND = "tests.pages"
DIRECTORS_KIND = "tests.of-directors"


@job(KIND, permission="stations.view_site")
def write_file(run: JobRun) -> None:
    """A job that makes a file."""
    run.job.result_file.save("sites.csv", ContentFile(b"code\r\nA\r\n"))


@job(DIRECTORS_KIND, permission="stations.import_site")
def import_sites(run: JobRun) -> None:
    """A job that the operator of a site may not do."""


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """Files of this test, gone after it."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def started(cast: Any, actor: Any, title: str = "Copy the sites") -> Job:
    """A waiting job of somebody."""
    with network_scope(cast.network):
        return start_job(kind=KIND, title=title, actor=actor, now=now())


def finished(cast: Any, actor: Any) -> Job:
    """A job that has made its file."""
    made = started(cast, actor)
    with network_scope(cast.network):
        assert run_job(job_id=made.pk) == JobState.DONE
        return Job.objects.get(pk=made.pk)


def test_one_sees_ones_own_jobs(cast: Any, signed_in: Any) -> None:
    own, other = started(cast, cast.operator, "Mine"), started(cast, cast.director, "Not mine")
    client = signed_in(cast.operator)
    shown = body(client.get("/n/harbour/jobs/"))
    assert "Mine" in shown
    assert "Not mine" not in shown
    assert client.get(f"/n/harbour/jobs/{own.pk}/").status_code == 200
    assert client.get(f"/n/harbour/jobs/{other.pk}/").status_code == 404


def test_who_may_see_all_jobs_sees_them(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.operator, "Of the operator")
    for account in (cast.director, cast.auditor):
        client = signed_in(account)
        assert "Of the operator" in body(client.get("/n/harbour/jobs/"))
        assert client.get(f"/n/harbour/jobs/{made.pk}/").status_code == 200


@pytest.mark.parametrize("path", ["", "part/", "cancel/", "result/"])
def test_a_job_of_another_network_is_not_found(cast: Any, signed_in: Any, path: str) -> None:
    with network_scope(cast.other):
        foreign = start_job(kind=KIND, title="Quetzal", actor=cast.stranger, now=now())
    client = signed_in(cast.director)
    ask = client.post if path == "cancel/" else client.get
    assert ask(f"/n/harbour/jobs/{foreign.pk}/{path}").status_code == 404
    assert "Quetzal" not in body(client.get("/n/harbour/jobs/"))


def test_a_waiting_job_asks_for_itself_again(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.director)
    shown = body(signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/part/"))
    assert f'hx-get="/n/harbour/jobs/{made.pk}/part/"' in shown
    assert "<html" not in shown


def test_a_finished_job_does_not_ask_again_and_leads_to_its_file(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    shown = body(signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/part/"))
    assert "hx-get" not in shown
    assert f"/n/harbour/jobs/{made.pk}/result/" in shown


def test_the_page_of_a_job_is_loaded_anew_when_the_job_has_ended(cast: Any, signed_in: Any, media: Path) -> None:
    client, made = signed_in(cast.director), started(cast, cast.director)
    part = f"/n/harbour/jobs/{made.pk}/part/?whole-page=1"
    assert f'hx-get="{part}"' in body(client.get(f"/n/harbour/jobs/{made.pk}/"))
    assert "HX-Refresh" not in client.get(part)
    with network_scope(cast.network):
        run_job(job_id=made.pk)
    assert client.get(part)["HX-Refresh"] == "true"


def test_one_stops_ones_own_job(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.operator)
    response = signed_in(cast.operator).post(f"/n/harbour/jobs/{made.pk}/cancel/")
    assert response.status_code == 302
    with network_scope(cast.network):
        assert Job.objects.get(pk=made.pk).state == JobState.CANCELLED


def test_the_director_stops_any_job(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.operator)
    signed_in(cast.director).post(f"/n/harbour/jobs/{made.pk}/cancel/")
    with network_scope(cast.network):
        assert Job.objects.get(pk=made.pk).state == JobState.CANCELLED


def test_who_only_reads_stops_nothing(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.operator)
    client = signed_in(cast.auditor)
    assert client.post(f"/n/harbour/jobs/{made.pk}/cancel/").status_code == 403
    assert "/cancel/" not in body(client.get(f"/n/harbour/jobs/{made.pk}/"))


def test_stopping_takes_a_post(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.director)
    assert signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/cancel/").status_code == 405


def test_stopping_a_finished_job_says_that_it_has_ended(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    response = signed_in(cast.director).post(f"/n/harbour/jobs/{made.pk}/cancel/", follow=True)
    assert "has ended already" in body(response)


def test_the_result_is_a_download_that_nobody_else_keeps(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    response = signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/result/")
    assert b"".join(response.streaming_content) == b"code\r\nA\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="sites.csv"'
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("kind", [DIRECTORS_KIND, "tests.unknown"])
def test_a_result_takes_the_right_to_its_kind_of_work(cast: Any, signed_in: Any, media: Path, kind: str) -> None:
    made, client = finished(cast, cast.operator), signed_in(cast.operator)
    assert client.get(f"/n/harbour/jobs/{made.pk}/result/").status_code == 200
    with network_scope(cast.network):
        Job.objects.filter(pk=made.pk).update(kind=kind)
    assert client.get(f"/n/harbour/jobs/{made.pk}/result/").status_code == 403
    assert "/result/" not in body(client.get(f"/n/harbour/jobs/{made.pk}/"))


def test_the_auditor_gets_results_whose_kind_of_work_the_role_includes(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    response = signed_in(cast.auditor).get(f"/n/harbour/jobs/{made.pk}/result/")
    assert response.status_code == 200
    response.close()


def test_an_operator_gets_no_result_of_the_whole_network(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    assert signed_in(cast.operator).get(f"/n/harbour/jobs/{made.pk}/result/").status_code == 404


def test_a_result_file_that_is_gone_is_not_found(cast: Any, signed_in: Any, media: Path) -> None:
    made = finished(cast, cast.director)
    (media / made.result_file.name).unlink()
    assert signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/result/").status_code == 404


def test_an_unfinished_job_has_no_result(cast: Any, signed_in: Any) -> None:
    made = started(cast, cast.director)
    assert signed_in(cast.director).get(f"/n/harbour/jobs/{made.pk}/result/").status_code == 404


def test_one_job_and_three_take_the_same_queries(cast: Any, signed_in: Any, django_assert_num_queries: Any) -> None:
    client = signed_in(cast.director)
    started(cast, cast.director)
    client.get("/n/harbour/jobs/")
    with django_assert_num_queries(9):
        client.get("/n/harbour/jobs/")
    started(cast, cast.operator)
    started(cast, cast.director)
    with django_assert_num_queries(9):
        client.get("/n/harbour/jobs/")
