"""The API describes itself, truthfully."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_the_schema_is_served(client):
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")


def test_every_post_takes_an_idempotency_key_and_every_operation_names_its_problems():
    from mlops_portal.foundation.shell.api.docs import schema

    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            keys = [one for one in operation.get("parameters", []) if one["name"] == "Idempotency-Key"]
            assert bool(keys) == (method == "post"), path
            if operation.get("security"):
                assert "application/problem+json" in operation["responses"]["401"]["content"], path


def test_the_index_lists_every_address(client):
    body = client.get("/api/v1/").json()
    assert body["schema"] == "/api/v1/schema/"
    assert body["paths"]["/api/v1/me/"] == ["GET", "PATCH"]


def test_the_docs_show_every_operation_with_something_to_copy(cast, client_for):
    text = client_for(cast.one.ml_engineer).get("/api/v1/docs/").content.decode()
    assert "PATCH /api/v1/me/" in text
    assert "Idempotency-Key: $(uuidgen)" in text


def test_the_docs_are_for_people_who_are_signed_in(client):
    assert client.get("/api/v1/docs/").status_code == 302
