"""Who may change a model: it belongs to every site on which machines of its type stand."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_portal.foundation.plant.models import Person, Site
from mlops_portal.foundation.plant.policies import Verdict, verdict


def sites_verdict(by: Person, action: str, sites: Iterable[Site]) -> Verdict:
    """Allowed where it is on each of the sites; without a machine, any site of the person will do."""
    verdicts = [verdict(by, action, site=site) for site in sites] or [verdict(by, action)]
    return next((one for one in verdicts if not one), verdicts[0])
