"""Every package has its room, and the apps stand in the rooms' order."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db.models import Field

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES, rooms

HEIGHT = {name: -height for height, names in enumerate(rooms()) for name in names}


def names_in(folder: str) -> set[str]:
    """The modules and packages of a folder, with their dotted names."""
    paths = (BASE_DIR / folder).iterdir()
    return {
        f"{folder.replace('/', '.')}.{path.stem}"
        for path in paths
        if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }


def test_every_module_of_the_house_has_a_room() -> None:
    below, upon = names_in("mlops_portal/foundation"), names_in("mlops_portal/above")
    wiring = names_in("mlops_portal") - {"mlops_portal.foundation", "mlops_portal.above"}
    assert below | upon | wiring | set(PACKAGES) - {"mlops_portal"} == set(HEIGHT)


def test_the_folders_say_what_the_loop_stands_on_and_what_stands_on_it() -> None:
    loop = [HEIGHT[name] for name in PACKAGES if name != "mlops_portal"]
    assert all(HEIGHT[name] < min(loop) for name in names_in("mlops_portal/foundation"))
    assert all(HEIGHT[name] > max(loop) for name in names_in("mlops_portal/above"))


def test_the_apps_are_installed_from_the_lowest_room_to_the_highest() -> None:
    ours = [HEIGHT[name] for name in settings.INSTALLED_APPS if name in HEIGHT]
    assert ours == sorted(ours)


def test_foreign_keys_point_downward() -> None:
    """The import linter does not see ``ForeignKey("app.Model")``."""
    upward = []
    for model in apps.get_models(include_auto_created=True):
        room = HEIGHT.get(model._meta.app_config.name)
        fields: list[Field] = [*model._meta.local_fields, *model._meta.local_many_to_many]
        for field in fields:
            other = field.related_model
            if room is None or other is None or isinstance(other, str):
                continue
            there = HEIGHT.get(other._meta.app_config.name)
            if there is not None and there > room:
                upward.append(f"{model._meta.label}.{field.name} → {other._meta.label}")
    assert upward == []
