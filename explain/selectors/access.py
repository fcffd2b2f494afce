"""What a person may see explained. What they may not see is not found."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.models import Alert, Prediction


def prediction_for(*, person: Person, pk: str) -> Prediction:
    """A prediction on the person's lines. An operator meets the model's reasons only after answering, on the
    page of label requests, so this asks for the right to see models."""
    guard(person, "model.view")
    visible = Prediction.objects.filter(pk=pk, asset__line__in=lines_for(person=person))
    prediction = visible.select_related("version__model").first()
    if prediction is None:
        raise NotFound(_("There is no such part, or it is on a line that you do not see."))
    return prediction


def alert_for(*, person: Person, pk: int) -> Alert:
    """An alert about a version on the person's lines."""
    guard(person, "alert.view")
    visible = Alert.objects.filter(pk=pk, asset__line__in=lines_for(person=person, action="alert.view"))
    alert = visible.filter(version__isnull=False).select_related("version__model").first()
    if alert is None:
        raise NotFound(_("There is no such alert of a model, or it is on a line that you do not see."))
    return alert


def version_for(*, person: Person, model: str, number: int) -> ModelVersion:
    """A model version."""
    guard(person, "model.view")
    version = ModelVersion.objects.filter(model__slug=model, number=number).select_related("model").first()
    if version is None:
        raise NotFound(_("There is no such version of the model."))
    return version
