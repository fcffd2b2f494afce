"""Which machine the rows are said to come from, and which version judges them.

- What the machine runs judges, as it was released: the same file, the same spec.
- Where nothing was released yet, the newest version does. Then no machine ran it, and every prediction says
  so: its activation is ``replay/…`` instead of a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from edge_sync.agent.disk.installed import Installed
from edge_sync.agent.machine.infer import BadModel, Model
from edge_sync.agent.machine.running import Running
from edge_sync.errors import ReplayUnfit
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Champion, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.wire import spec as wire_spec

OUT = (VersionState.REJECTED, VersionState.WITHDRAWN)


class NotReleased(Installed):
    """A version that no machine runs."""

    __slots__ = ()

    @property
    def activation(self) -> str:
        return f"replay/{self.number}"


@dataclass(frozen=True, slots=True)
class Choice:
    """``released``: the machine runs this version."""

    asset: Asset
    version: ModelVersion
    released: bool
    running: Running


def choose(*, model: str, machine: str) -> Choice:
    """The machine, and the version that judges its rows; ReplayUnfit says what to name instead."""
    registered = _models().filter(slug=model).select_related("asset_type").first()
    if registered is None:
        names = ", ".join(_models().order_by("slug").values_list("slug", flat=True)[:20])
        raise ReplayUnfit(
            _("There is no model called “%(name)s”; there are: %(names)s.")
            % {"name": model, "names": names or _("none yet")}
        )
    asset = _machine(registered, machine)
    champion = Champion.objects.filter(asset=asset, version__model=registered)
    row = champion.select_related("version__model", "version__artifact").first()
    if row is not None:
        return Choice(asset, row.version, True, _running(Installed, asset, row.version, row.number))
    newest = (
        registered.versions.exclude(state__in=OUT).select_related("model", "artifact").order_by("-number")
    )
    version = newest.first()
    if version is None:
        raise ReplayUnfit(
            _("%(model)s has no version that could judge the rows; train one first.") % {"model": registered}
        )
    return Choice(asset, version, False, _running(NotReleased, asset, version, version.number))


def _models() -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.filter(retired_at=None)


def _machine(model: RegisteredModel, slug: str) -> Asset:
    fit = Asset.objects.filter(type=model.asset_type, retired_at=None).select_related("line__site", "type")
    names = ", ".join(fit.order_by("slug").values_list("slug", flat=True)[:20])
    if slug:
        asset = fit.filter(slug=slug).first()
        if asset is None:
            raise ReplayUnfit(
                _("“%(slug)s” is no machine whose parts %(model)s judges; there are: %(names)s.")
                % {"slug": slug, "model": model, "names": names or _("none yet")}
            )
        return asset
    machines = list(fit[:2])
    if not machines:
        raise ReplayUnfit(
            _("%(model)s judges parts of machines of the type “%(type)s”, and there is none; add one first.")
            % {"model": model, "type": model.asset_type}
        )
    if len(machines) > 1:
        raise ReplayUnfit(
            _("%(model)s judges parts of several machines; name one with --machine: %(names)s.")
            % {"model": model, "names": names}
        )
    return machines[0]


def _running(kind: type[Installed], asset: Asset, version: ModelVersion, number: int) -> Running:
    data = spec_bytes(version)
    spec = wire_spec.parse(data)
    try:
        model = Model(artifact_read(version.artifact), spec)
    except BadModel as error:
        raise ReplayUnfit(
            _("%(version)s cannot run here: %(reason)s.") % {"version": version, "reason": error}
        ) from None
    installed = kind(
        asset=asset.slug,
        number=number,
        descriptor="",
        artifact=version.artifact_id,
        spec=sha256(data).hexdigest(),
        golden="",
        fallback="",
        roster="",
        statements=(),
    )
    return Running(installed, spec, model)
