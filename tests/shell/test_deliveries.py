"""Notices leave the portal: mail to the person, one message to the plant's channel."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from mlops_portal.foundation.shell.models import Delivery
from mlops_portal.foundation.shell.notices.deliveries import ATTEMPTS, deliveries_send, delivery_send
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.shell.registries import kinds
from mlops_portal.foundation.shell.registries.kinds import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


class Plant(HTTPServer):
    """A plant's channel that keeps what it is sent, or refuses it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Channel)
        self.got: list[dict[str, str]] = []
        self.status = 200


class Channel(BaseHTTPRequestHandler):
    server: Plant

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def channel(settings):
    server = Plant()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.NOTIFY_WEBHOOKS = [f"json://127.0.0.1:{server.server_port}/"]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _kinds(registers):
    kinds.register(Kind("loud", "Loud", mail=True, webhook=True))


@pytest.fixture
def people(cast):
    return [cast.one.operator, cast.two.operator]


def tell(people):
    return notify(to=people, kind="loud", message="{asset} needs you", url="/alerts/7/", asset="Press 1")


def test_each_gets_mail_and_the_channel_one_message(people, channel, settings):
    tell(people)
    assert deliveries_send() == 3
    assert sorted(one.to[0] for one in mail.outbox) == sorted(person.email for person in people)
    assert mail.outbox[0].subject == "Press 1 needs you"
    assert f"{settings.PUBLIC_URL}/alerts/7/" in mail.outbox[0].body
    assert [one["title"] for one in channel.got] == ["Press 1 needs you"]


def test_what_was_delivered_is_not_sent_again(people, channel):
    tell(people)
    deliveries_send()
    assert deliveries_send() == 0
    assert [delivery_send(row.pk) for row in Delivery.objects.all()] == [False] * 3
    assert len(mail.outbox) == 2


def test_after_commit_the_worker_is_woken_by_itself(people, channel, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell(people)
    assert len(mail.outbox) == 2
    assert len(channel.got) == 1


def test_what_was_refused_is_tried_later_and_then_given_up(people, channel):
    channel.status = 500
    tell(people)
    deliveries_send()
    row = Delivery.objects.get(route="webhook")
    assert row.delivered_at is None
    assert row.problem
    assert row.try_after > timezone.now()
    assert deliveries_send() == 0
    for _ in range(ATTEMPTS):
        Delivery.objects.update(try_after=timezone.now())
        deliveries_send()
    row.refresh_from_db()
    assert row.attempts == ATTEMPTS
    assert row.given_up_at
    assert len(channel.got) == ATTEMPTS


def test_what_was_refused_once_arrives_the_second_time(people, channel):
    channel.status = 500
    tell(people)
    deliveries_send()
    channel.status = 200
    Delivery.objects.update(try_after=timezone.now())
    assert deliveries_send() == 1
    assert Delivery.objects.get(route="webhook").problem == ""


def test_a_worker_that_has_claimed_one_keeps_it_from_others(people, channel):
    tell(people)
    Delivery.objects.update(try_after=timezone.now() + timedelta(seconds=60))
    assert deliveries_send() == 0


def test_a_mail_server_that_fails_is_written_down(people, channel, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    tell(people)
    assert deliveries_send() == 1
    assert "refused" in Delivery.objects.filter(route="mail").first().problem.lower()


def test_a_channel_that_was_taken_away_gets_nothing(people, channel, settings):
    tell(people)
    settings.NOTIFY_WEBHOOKS = []
    deliveries_send()
    assert channel.got == []
    assert "no longer" in Delivery.objects.get(route="webhook").problem


def test_the_address_of_a_channel_is_not_kept_in_the_database(people, channel, settings):
    tell(people)
    assert settings.NOTIFY_WEBHOOKS[0] not in str(Delivery.objects.values())
