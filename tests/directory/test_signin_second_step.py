"""After the password: a code, and what keeps codes safe."""

from __future__ import annotations

import re

from allauth.mfa.models import Authenticator
from django.core.cache import cache, caches
from django.test import Client

from mlops_portal.foundation.ledger.models import Event
from tests.cast import Cast
from tests.directory.signing import code_of, confirm, is_signed_in, sign_in, with_app, with_recovery_codes

STEP = "/sign-in/second-step/"
APP = "/me/security/app/"


def events() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_an_authenticator_app_is_set_up_with_its_first_code(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    confirm(client)
    page = client.get(APP).content.decode()
    assert re.search(r'<svg[^>]* viewBox="0 0 (\d+) \1" class="qr">', page)
    assert "style=" not in page
    secret = client.session["mfa.totp.secret"]
    assert secret[:4] in page
    assert client.post(APP, {"code": code_of(secret)})["Location"] == "/me/security/recovery-codes/"
    assert events() == ["directory.authenticator.added", "directory.recovery_codes.made"]


def test_a_wrong_first_code_sets_nothing_up(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    confirm(client)
    client.get(APP)
    assert "not right" in client.post(APP, {"code": "12"}).content.decode()
    assert not Authenticator.objects.exists()
    assert events() == []


def test_with_an_app_the_password_alone_signs_nobody_in(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    assert sign_in(client, cast.one.operator)["Location"] == STEP
    assert not is_signed_in(client)
    client.post(STEP, {"code": code_of(secret)})
    assert is_signed_in(client)


def test_the_second_step_is_nothing_without_the_first(client: Client, cast: Cast) -> None:
    with_app(cast.one.operator)
    assert client.get(STEP)["Location"] == "/sign-in/"


def test_a_code_works_once_however_fast_it_is_copied(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    code = code_of(secret)
    sign_in(client, cast.one.operator)
    client.post(STEP, {"code": code})
    thief = Client()
    sign_in(thief, cast.one.operator)
    assert "used before" in thief.post(STEP, {"code": code}).content.decode()
    assert not is_signed_in(thief)


def test_a_used_code_stays_refused_as_long_as_its_time_step_is_accepted(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    code = code_of(secret)
    sign_in(client, cast.one.operator)
    client.post(STEP, {"code": code})
    used = Authenticator.objects.get(type="totp").wrap()._get_used_cache_key(code)
    redis = caches["default"]._cache.get_client(None)  # type: ignore[attr-defined]  # to read a ttl
    assert redis.ttl(cache.make_key(used)) > 60


def test_a_recovery_code_is_used_once(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    with_app(person)
    code = with_recovery_codes(person)[0]
    sign_in(client, person)
    client.post(STEP, {"code": code})
    assert is_signed_in(client)
    again = Client()
    sign_in(again, person)
    assert "used before" in again.post(STEP, {"code": code}).content.decode()
    assert not is_signed_in(again)


def test_new_recovery_codes_end_the_old_ones(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    secret = with_app(person)
    old = with_recovery_codes(person)
    sign_in(client, person)
    client.post(STEP, {"code": code_of(secret)})
    confirm(client)
    client.post("/me/security/recovery-codes/new/")
    page = client.get("/me/security/recovery-codes/").content.decode()
    assert page.count("<li>") >= 10
    assert not any(code in page for code in old)
    assert events() == ["directory.recovery_codes.made"]
    file = client.get("/me/security/recovery-codes/file/")
    assert "attachment" in file["Content-Disposition"]
    assert len([line for line in file.content.decode().splitlines() if line.strip().isdigit()]) == 10


def test_secrets_of_apps_and_codes_lie_encrypted_in_the_database(cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    with_recovery_codes(cast.one.operator)
    kept = {one.type: one.data for one in Authenticator.objects.all()}
    assert kept["totp"]["secret"].startswith("gAAAA")
    assert secret not in str(kept)
    assert kept["recovery_codes"]["seed"].startswith("gAAAA")


def test_removing_the_app_takes_the_recovery_codes_along(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    secret = with_app(person)
    with_recovery_codes(person)
    sign_in(client, person)
    client.post(STEP, {"code": code_of(secret)})
    confirm(client)
    assert "Your recovery codes go too" in client.get("/me/security/app/remove/").content.decode()
    client.post("/me/security/app/remove/")
    assert not Authenticator.objects.exists()
    assert events() == ["directory.authenticator.removed"]
