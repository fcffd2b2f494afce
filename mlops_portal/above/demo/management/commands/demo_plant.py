"""Run the demo plant until it is told to end."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from mlops_portal.above.demo import places
from mlops_portal.above.demo.models import Disturbance
from mlops_portal.above.demo.runner.camera import Camera
from mlops_portal.above.demo.runner.inspection import Station
from mlops_portal.above.demo.runner.meters import Meters
from mlops_portal.above.demo.runner.plant import Runner

TICK, SAVE_EVERY = 0.5, 20


class Command(BaseCommand):
    help = "Runs the simulated plant: writes a feed for each machine and serves pictures on loopback."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--speed", type=float, default=settings.DEMO_SPEED, help="seconds of the plant in one second"
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, **options: Any) -> None:
        if not 0 < options["speed"] <= 1000:
            raise CommandError("--speed must lie above 0 and up to 1000.")
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ended.set())
        camera = Camera(options["seed"], places.camera_port())
        camera.start()
        station = Station(portal=settings.PUBLIC_URL, token=places.inspection_token(), speed=options["speed"])
        meters = Meters(portal=settings.PUBLIC_URL, token=places.meters_token(), seed=options["seed"])
        runner = Runner(
            places.home(),
            seed=options["seed"],
            speed=options["speed"],
            now=timezone.now(),
            camera=camera,
            station=station,
        )
        ticks = 0
        while not ended.wait(TICK):
            if ticks % 2 == 0:
                self.follow(runner, meters)
                station.send(timezone.now())
                meters.send(timezone.now())
            runner.advance(timezone.now())
            ticks += 1
            if ticks % SAVE_EVERY == 0:
                runner.save()
        runner.save()
        camera.stop()

    def follow(self, runner: Runner, meters: Meters) -> None:
        """Ask the table what is switched on; a database that does not answer changes nothing."""
        close_old_connections()
        try:
            rows = Disturbance.objects.filter(off_at=None).select_related("asset")
            wanted = [(str(one.pk), one.key, one.asset.slug, one.reading, one.strength) for one in rows]
        except OperationalError as error:
            self.stderr.write(f"The database did not answer: {error}")
            return
        runner.follow(wanted)
        meters.follow(wanted)
