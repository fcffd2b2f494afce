"""The API over people and plant: what it refuses, filters and promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.plant.models import Asset, RoleAssignment
from mlops_portal.foundation.plant.services.tokens import token_create
from tests.directory.signing import just_now


@pytest.fixture
def admin(world, client_for):
    return client_for(world.cast.whole.administrator)


def listed(client, address: str, key: str = "slug") -> list[str]:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return [one[key] for one in response.json()["results"]]


def post(client, address: str, **data):
    return client.post(f"/api/v1/{address}", data, content_type="application/json")


def test_lists_end_at_what_one_sees(world, client_for, admin):
    operator = client_for(world.cast.two.operator)
    assert listed(operator, "lines/") == ["line-2"]
    assert listed(operator, "assets/") == []
    assert listed(operator, "sites/") == ["ahrensfeld"]
    assert listed(operator, "people/", "username") == ["operator-two"]
    assert listed(admin, "lines/") == ["line-1", "line-2"]


def test_what_is_not_visible_is_not_found_and_what_is_visible_is_refused_with_a_reason(world, client_for):
    hidden = client_for(world.cast.two.operator).delete("/api/v1/assets/press-1/")
    assert hidden.status_code == 404
    refused = client_for(world.cast.one.operator).delete("/api/v1/assets/press-1/")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "Administrator" in refused.json()["detail"]
    assert Asset.objects.filter(retired_at=None).exists()


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("assets/", {"line": "line-9", "type": "press", "name": "P", "slug": "p"}),
        ("nodes/", {"line": "line-9", "name": "N", "slug": "n"}),
        ("closed-days/", {"site": "borkheide", "day": "2026-12-24", "reason": "Holiday"}),
        ("invitations/", {"site": "borkheide", "name": "A", "role": "operator"}),
    ],
)
def test_a_place_that_one_does_not_see_is_not_found_in_a_request_either(admin, address, data):
    response = post(admin, address, **data)
    assert response.status_code == 404
    assert "you may not see it" in response.json()["detail"]


def test_a_token_that_may_see_no_place_is_told_so_and_not_that_there_is_none(world, client):
    _token, secret = token_create(
        by=world.cast.one.operator,
        name="tablet",
        scopes=["label.answer"],
        expires_at=timezone.now() + timedelta(days=1),
    )
    response = client.post(
        "/api/v1/label-requests/next/",
        {"line": "line-1"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert response.status_code == 403
    assert "token was not given" in response.json()["detail"]


@pytest.mark.parametrize("wrong", [7, None, ["line-1"], {"slug": "line-1"}])
def test_a_reference_that_is_no_short_name_does_not_fit(admin, wrong):
    response = post(admin, "nodes/", line=wrong, name="N", slug="n")
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/line"


def test_filters_narrow_as_they_do_on_pages(admin, world):
    assert listed(admin, "assets/?line=line-1&type=press") == ["press-1"]
    assert listed(admin, "assets/?line=line-2") == []
    assert listed(admin, "nodes/?enrolled=true") == []
    assert listed(admin, "nodes/?enrolled=false") == ["node-1", "node-2"]
    found = listed(admin, "people/?role=auditor&line=line-1", "username")
    assert set(found) == {"auditor-one", "auditor-whole"}
    assert len(listed(admin, f"roles/?person={world.worker.pk}&ended=false", "role")) == 1


def test_a_role_is_given_and_ended(admin, world):
    given = {"person": str(world.worker.pk), "role": "auditor", "site": "ahrensfeld"}
    made = post(admin, "roles/", **given)
    assert made.status_code == 201, made.content
    assert made.json()["line"] is None
    assert post(admin, "roles/", **given).status_code == 409
    assert admin.delete(f"/api/v1/roles/{made.json()['id']}/").status_code == 204
    assert admin.delete(f"/api/v1/roles/{made.json()['id']}/").status_code == 409
    assert RoleAssignment.objects.get(pk=made.json()["id"]).ended_at is not None


def test_a_machine_changes_only_in_what_is_sent(admin, world):
    changed = admin.patch("/api/v1/assets/press-1/", {"name": "P"}, content_type="application/json")
    assert changed.status_code == 200
    assert changed.json() | {"name": "P", "node": "node-1", "line": "line-1"} == changed.json()
    without = admin.patch("/api/v1/assets/press-1/", {"node": None}, content_type="application/json")
    assert without.json()["node"] is None


def test_an_invitation_s_link_is_in_its_answer_alone(admin):
    made = post(admin, "invitations/", site="ahrensfeld", line="line-1", name="Ada", role="operator")
    assert made.status_code == 201
    assert "/join/" in made.json()["link"]
    assert made.json()["mailed"] is False
    again = admin.get(f"/api/v1/invitations/{made.json()['id']}/").json()
    assert "link" not in again


def test_a_token_s_secret_is_in_its_answer_alone(world, client_for):
    client = just_now(client_for(world.cast.one.ml_engineer))
    expires = (timezone.now() + timedelta(days=9)).isoformat()
    made = post(client, "tokens/", name="n", scopes=["plant.view"], expires_at=expires)
    assert made.json()["secret"].startswith("mlp_")
    assert "secret" not in client.get(f"/api/v1/tokens/{made.json()['id']}/").json()


def test_a_person_who_leaves_stays_readable(admin, world):
    response = post(admin, f"people/{world.worker.pk}/leave/")
    assert response.status_code == 200
    assert response.json()["is_active"] is False
    assert response.json()["roles"] == []


def test_the_matrix_says_what_i_may_do_and_why_not(world, client_for):
    rows = {one["key"]: one for one in client_for(world.cast.one.operator).get("/api/v1/matrix/").json()}
    assert rows["plant.view"]["allowed"] is True
    assert rows["role.grant"]["allowed"] is False
    assert "Administrator" in rows["role.grant"]["reason"]
    assert rows["plant.view"]["roles"][0] == "operator"


def test_lists_cost_no_query_per_row(admin, world, django_assert_max_num_queries: Callable):
    for address in ("people/", "roles/", "assets/", "nodes/"):
        with django_assert_max_num_queries(12):
            assert admin.get(f"/api/v1/{address}").status_code == 200


@pytest.mark.parametrize("query", ["person=", "person=%20", "expires_before="])
def test_a_filter_that_is_there_but_empty_is_refused_where_it_is_no_text(admin, query):
    assert admin.get(f"/api/v1/person-skills/?{query}").status_code == 422
    assert admin.get("/api/v1/person-skills/?skill=").status_code == 200
