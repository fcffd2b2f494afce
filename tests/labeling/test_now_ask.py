"""Asking for parts by chance, so that the measure of now narrows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from labeling.models import LabelRequest
from labeling.selectors.now import where_to_ask
from labeling.tasks.choosing import ask
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.models import Alert, Prediction
from tests.cast import Cast
from tests.labeling.plant import NOW, Shop, a_version, judged_parts, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def test_the_deed_asks_the_line_of_the_machine_for_parts_by_chance(
    cast: Cast, shop: Shop, client_for
) -> None:
    version = a_version(shop)
    champion_set(asset=shop.asset, version=version, number=1)
    alert = Alert.objects.create(
        asset=shop.asset, version=version, kind="input_drift", since=NOW, opened_at=NOW
    )
    client: Client = client_for(cast.one.domain_expert)
    answer = client.post(f"/label/ask/press-quality/{version.number}/", {"asset": "press-1", "count": "14"})
    job = Job.objects.get(name="labeling.choose")
    assert answer.status_code == 302
    assert str(job.pk) in answer["Location"]
    assert job.kwargs["by_chance"] is True
    assert (job.kwargs["count"], job.kwargs["alert"], job.kwargs["line"]) == (14, alert.pk, cast.line_1.pk)


@pytest.mark.parametrize("count", ["", "many", "-3", "0", "99999"])
def test_a_number_that_is_none_asks_nobody(cast: Cast, shop: Shop, client_for, count: str) -> None:
    version = a_version(shop)
    client: Client = client_for(cast.one.domain_expert)
    answer = client.post(f"/label/ask/press-quality/{version.number}/", {"count": count})
    assert answer.status_code in (400, 422)
    assert not Job.objects.exists()


def test_who_may_ask_no_line_is_told_so(cast: Cast, shop: Shop) -> None:
    with pytest.raises(NotFound):
        where_to_ask(cast.two.domain_expert, shop.model, "")


def test_parts_by_chance_are_none_that_the_model_would_choose(cast: Cast, shop: Shop) -> None:
    from tests.labeling.test_now_measured import train

    version = train(cast, shop).candidate
    judged_parts(shop, version, 40, truth=False)
    Prediction.objects.update(at=timezone.now() - timedelta(hours=1))
    made = ask(
        by=None, version=version, line=cast.line_1, alert=None, count=8, job_id="0" * 32, by_chance=True
    )
    assert made == 8
    assert {one.why["random"] for one in LabelRequest.objects.all()} == {True}
    assert {round(one.inclusion_probability, 3) for one in LabelRequest.objects.all()} == {0.2}
