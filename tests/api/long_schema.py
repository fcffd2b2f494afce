"""The schema against the API for as long as one likes: ``python -m tests.api.long_schema SECONDS``.

Database, files and broker are made for it and thrown away, as for any test. The answer is 0 where every
promise held, 1 with a sentence for each that did not.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter

from tests import ground


def main(seconds: float, *, first: int = 0) -> int:
    """Rounds over all operations, each with another seed, until the time is over; how it ended."""
    ground.prepare_environment()
    import django
    from django.conf import settings
    from django.test.utils import setup_test_environment

    ground.tune(settings)
    ground.refuse_outer_network()
    broker = ground.start_broker(settings.BROKER_SOCKET) if settings.EMBEDDED_BROKER else None
    django.setup()
    setup_test_environment()  # the host that its client names is one of the portal's
    logging.disable(logging.WARNING)  # a refusal of each request would bury the outcome
    from tests import databases

    try:
        databases.template()
        with databases.on_a_copy(ground.VAR_DIR / "test.sqlite3"):
            return _rounds(time.monotonic() + seconds, first)
    finally:
        if broker is not None:
            ground.stop_broker(broker)
        ground.remove_files()


def _rounds(until: float, at: int) -> int:
    from django.db import transaction

    from tests.api import contract
    from tests.directory.world import make_world

    broken: dict[str, str] = {}
    statuses: Counter[int] = Counter()
    asked = 0
    with transaction.atomic():
        world = make_world()
        callers = [contract.Caller(contract.of_all_roles(world.cast.site))]
        callers += [contract.Caller(one) for one in (world.cast.one.operator, world.cast.stranger)]
        while time.monotonic() < until:
            for operation in contract.operations():
                if time.monotonic() >= until:
                    break
                caller = callers[1 + at // 4 % 2] if at % 4 == 3 else callers[0]
                for line in contract.tried(operation, caller, examples=5, at=at, statuses=statuses):
                    broken.setdefault(line[:120], f"seed {at}: {line}")
                asked += 1
            at += 1
        transaction.set_rollback(True)
    print(
        f"{asked} times an operation, answers {dict(sorted(statuses.items()))}, {len(broken)} promises broken"
    )
    for line in broken.values():
        print(line)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
