"""Live pages over a real broker: the server says that a topic changed, and nothing else."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction

from mlops_portal.foundation.shell import live
from mlops_portal.foundation.shell.consumers import MOST_TOPICS, Live
from tests.shell.websocket import Browser

pytestmark = pytest.mark.services


@pytest.fixture
def person(db, cast):
    return cast.one.operator


def talk(user, scenario):
    """Run ``scenario(browser)`` with a connected browser of that user."""

    async def inside():
        browser = Browser(Live.as_asgi(), user=user)
        assert await browser.connects()
        await scenario(browser)
        await browser.leaves()

    async_to_sync(inside)()


async def say(*topics):
    await live._send_all(topics)


async def listens(browser, *topics):
    await browser.tell({"topics": list(topics)})
    return (await browser.hears())["topics"]


def test_a_page_hears_of_its_topics_and_of_no_other(person):
    async def scenario(browser):
        assert await listens(browser, "log", "alert:17") == ["alert:17", "log"]
        await say("labels", "alert:17", "alert:18")
        assert await browser.hears() == {"changed": "alert:17"}
        assert await browser.receive_nothing()

    talk(person, scenario)


def test_a_page_that_shows_something_else_hears_of_that(person):
    async def scenario(browser):
        await listens(browser, "log")
        await listens(browser, "labels")
        await say("log", "labels")
        assert await browser.hears() == {"changed": "labels"}
        assert await browser.receive_nothing()

    talk(person, scenario)


def test_what_concerns_one_person_is_heard_by_that_person_alone(person, cast):
    own, other = f"person:{person.pk}", f"person:{cast.stranger.pk}"

    async def scenario(browser):
        assert await listens(browser, own, other) == [own]
        await say(other, own)
        assert await browser.hears() == {"changed": own}
        assert await browser.receive_nothing()

    talk(person, scenario)


@pytest.mark.django_db  # Channels looks whether the thread's connection is still good, whoever made it
def test_nobody_connects_without_being_signed_in():
    async def inside():
        assert not await Browser(Live.as_asgi(), user=AnonymousUser()).connects()

    async_to_sync(inside)()


def test_ping_is_answered(person):
    async def scenario(browser):
        await browser.tell({"ping": True})
        assert await browser.hears() == {"pong": True}

    talk(person, scenario)


@pytest.mark.parametrize(
    "sent", ["nonsense", "[]", "{}", '{"topics": "log"}', f'{{"topics": {["a"] * (MOST_TOPICS + 1)}}}']
)
def test_what_is_no_question_ends_the_connection(person, sent):
    async def scenario(browser):
        await browser.send_input({"type": "websocket.receive", "text": sent.replace("'", '"')})
        assert (await browser.receive_output())["type"] == "websocket.close"

    talk(person, scenario)


def test_words_that_are_no_topic_are_ignored(person):
    async def scenario(browser):
        assert await listens(browser, "log", "no topic", "x" * 200, "Ä", 5, None, "a:b:c") == ["log"]

    talk(person, scenario)


def test_what_changed_while_the_page_was_on_its_way_is_said_at_once(person):
    async def scenario(browser):
        await sync_to_async(live._send)(("labels",))
        await listens(browser, "labels", "log")
        assert await browser.hears() == {"changed": "labels"}
        assert await browser.receive_nothing()

    cache.clear()
    talk(person, scenario)


def test_browsers_are_told_after_commit_and_not_before(person, django_capture_on_commit_callbacks):
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        live.changed("labels")
        assert live.changed_just_now(["labels"]) == []
    assert live.changed_just_now(["labels"]) == ["labels"]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_told():
    cache.clear()

    def fails():
        with transaction.atomic():
            live.changed("labels")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert live.changed_just_now(["labels"]) == []


def test_what_is_no_topic_is_refused():
    with pytest.raises(ValueError, match="not a topic"):
        live.changed("log", "no topic")


def test_a_broker_that_is_down_stops_nobody(settings, db, django_capture_on_commit_callbacks):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///tmp/no-such-broker.sock",
        }
    }
    with django_capture_on_commit_callbacks(execute=True):
        live.changed("labels")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("origin", "path", "signed_in", "connects"),
    [
        ("http://localhost", "/ws/live", True, True),
        ("http://evil.example", "/ws/live", True, False),
        ("http://localhost:9000", "/ws/live", True, False),
        ("http://localhost/", "/ws/live", True, False),
        ("null", "/ws/live", True, False),
        ("", "/ws/live", True, False),
        ("http://localhost", "/ws/live", False, False),
        ("http://localhost", "/ws/other", True, False),
    ],
)
def test_the_whole_way_in_checks_the_session_and_the_origin(
    cast, client_for, origin, path, signed_in, connects
):
    from mlops_portal.asgi import application

    client = client_for(cast.one.operator)
    cookie = f"sessionid={client.cookies['sessionid'].value}" if signed_in else ""
    headers = [(b"origin", origin.encode()), (b"cookie", cookie.encode()), (b"host", b"localhost")]

    async def inside():
        browser = Browser(application, headers=headers, path=path)
        connected = await browser.connects()
        if connected:
            await browser.leaves()
        return connected

    assert async_to_sync(inside)() is connects
