"""Where one is signed in, and ending it there."""

from __future__ import annotations

import re

from django.test import Client

from mlops_portal.foundation.directory.views.signin.sessions import device_of
from tests.cast import Cast
from tests.directory.signing import confirm, is_signed_in, sign_in

TABLET = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
END = "/me/security/sessions/end/"


def tablet_of(cast: Cast) -> Client:
    tablet = Client(headers={"user-agent": TABLET}, REMOTE_ADDR="10.1.2.3")
    sign_in(tablet, cast.one.operator)
    return tablet


def test_the_page_lists_the_devices_of_this_person_alone(client: Client, cast: Cast) -> None:
    tablet_of(cast)
    sign_in(Client(headers={"user-agent": "Firefox/140 Windows"}), cast.two.operator)
    sign_in(client, cast.one.operator)
    page = client.get("/me/security/").content.decode()
    assert "Chrome, Android" in page
    assert "10.1.2.3" in page
    assert page.count("this device") == 1
    assert "Firefox" not in page
    assert str(client.session.session_key) not in page


def test_one_other_device_is_signed_out(client: Client, cast: Cast) -> None:
    tablet, second = tablet_of(cast), tablet_of(cast)
    sign_in(client, cast.one.operator)
    confirm(client)
    handles = re.findall(r'name="session" value="(\w+)"', client.get("/me/security/").content.decode())
    assert len(handles) == 2
    client.post(END, {"session": handles[0]})
    assert [is_signed_in(tablet), is_signed_in(second)].count(True) == 1
    assert is_signed_in(client)


def test_all_others_are_signed_out_at_once(client: Client, cast: Cast) -> None:
    tablet, stranger = tablet_of(cast), Client()
    sign_in(stranger, cast.two.operator)
    sign_in(client, cast.one.operator)
    confirm(client)
    client.post(END)
    assert not is_signed_in(tablet)
    assert is_signed_in(client)
    assert is_signed_in(stranger)


def test_ending_sessions_asks_who_is_there_and_takes_a_post(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    assert client.get(END).status_code == 405
    assert client.post(END)["Location"].startswith("/confirm/password/")


def test_devices_are_told_in_two_words() -> None:
    assert device_of(TABLET) == "Chrome, Android"
    assert device_of("curl/8") == "A program"
    assert device_of("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140") == "Edge, Windows"
