"""How the registry's events read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("registry.model.registered", _("{actor} registered the model {name}"))
    register("registry.model.retired", _("{actor} took the model {name} back"))
    register("registry.dataset.added", _("{actor} added {rows} past parts to the model {name}"))
    register("registry.version.added", _("{actor} added {name} version {number}"))
    register("registry.version.moved", _("{actor} moved {name} version {number} from {old} to {new}"))
    register("registry.automation.set", _("{actor} set {step} of {name} from {old} to {new}: {reason}"))
    register(
        "registry.ask_zone.set",
        _("{actor} let {name} decide alone (at most {percent} percent wrong, {certainty} certain): {reason}"),
    )
    register("registry.ask_zone.ended", _("{actor} let {name} decide all parts alone, unproven: {reason}"))
    register("registry.champion.set", _("{asset} runs {name} version {number}"))
