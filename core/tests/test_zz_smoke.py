import pytest
from core.tenancy.scope import network_scope
from stations.models import District, Site, Charger
pytestmark = pytest.mark.urls("core.tests.trial.urls")

def test_smoke(cast, signed_in, django_assert_max_num_queries):
    with network_scope(cast.network):
        d = District(code="N", name="North"); d.save()
        for i in range(3):
            Charger(code=f"C{i}", site=cast.site, vendor="Acme").save()
        cast.site.district = d; cast.site.save()
    c = signed_in(cast.director)
    for url in ["districts/", "sites/", "chargers/", "districts/N/", "sites/A/", "chargers/C0/", "sites/A/history/", "districts/N/history/", "districts/new/", "sites/new/", "chargers/new/","sites/A/edit/","districts/N/edit/","districts/N/delete/","chargers/C0/delete/","chargers/export/?format=csv","chargers/export/?format=xlsx&set=all", "chargers/choices/site/?site=a", "sites/?page=abc&sort=x&foo=1&status=bla&q=%00"]:
        r = c.get("/n/harbour/trial/" + url)
        body = b"".join(r.streaming_content) if r.streaming else r.content
        print(url, r.status_code, len(body))
        if r.status_code >= 400: print(body.decode()[:3000])
        open("/tmp/smoke_" + url.split("?")[0].replace("/", "_") + ".html", "wb").write(body)
