"""Two to four back-tests side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.above.backtests.errors import NotComparable
from mlops_portal.above.backtests.selectors.backtest_words import outcome
from mlops_portal.above.backtests.selectors.backtests import comparable, differing, labels_of
from mlops_portal.above.backtests.selectors.figures import figures
from mlops_portal.above.backtests.transitions import State
from mlops_portal.above.backtests.views.charts import chart_of
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def compare(request: HttpRequest) -> HttpResponse:
    """``?test=1&test=2``: one picture, what differs, and the figures of each."""
    guard(person_of(request), "backtest.view")
    try:
        numbers = [int(one) for one in request.GET.getlist("test")]
    except ValueError:
        raise NotComparable(_("The numbers of back-tests are whole numbers.")) from None
    tests = comparable(numbers)
    done = [test for test in tests if test.state == State.DONE]
    rows = [figures(test) for test in done]
    context = {
        "tests": tests,
        "labels": list(zip(tests, labels_of(tests), strict=True)),
        "waiting": [test for test in tests if not test.over],
        "topics": " ".join(test.topic for test in tests if not test.over),
        "broken": [(test, outcome(test)) for test in tests if test.over and test.state != State.DONE],
        "done": list(
            zip(done, labels_of(done) if len(done) > 1 else [str(test) for test in done], strict=True)
        ),
        "differing": differing(tests),
        "figures": [(some[0].title, some) for some in zip(*rows, strict=True)] if done else [],
        "chart": chart_of(done) if done else None,
    }
    partial = request.headers.get("HX-Target") == "compare"
    return render(request, "backtests/compare.html#whole" if partial else "backtests/compare.html", context)
