"""How questions, answers and runs read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("labeling.requests.asked", _("{actor} asked {line} about {count} parts"))
    register(
        "labeling.zone.asked", _("{line} is asked about {count} parts that the model does not decide alone")
    )
    register("labeling.requests.expired", _("{count} questions to {line} ran out without an answer"))
    register("labeling.label.answered", _("{actor} judged part {part}: {answer}"))
    register("labeling.label.opinion", _("{actor} gave a second opinion on part {part}: {answer}"))
    register("labeling.label.undone", _("{actor} took back the answer {answer} for part {part}"))
    register("labeling.reason.doubted", _("{actor} says that {reading} is no reason for part {part}"))
    register("labeling.request.agreed", _("The inspection agrees with the answer for part {part}: {answer}"))
    register("labeling.request.disputed", _("{actor} disputes the answer for part {part}: {reason}"))
    register("labeling.request.settled", _("{actor} settled part {part}: {answer}"))
    register("labeling.run.proposed", _("{actor} proposed to retrain {name}: {reason}"))
    register("labeling.run.started", _("{actor} started retraining {name}"))
    register("labeling.run.cancelled", _("{actor} cancelled retraining {name}"))
    register("labeling.run.failed", _("Retraining {name} failed at “{step}”"))
    register("labeling.run.finished", _("Retraining {name} gave version {number}"))
    register(
        "labeling.version.imported",
        _("{actor} brought in {name} version {number}, trained elsewhere: {file}"),
    )
    register("labeling.version.refused", _("A version of {name} from outside was refused ({file}): {reason}"))
    register(
        "labeling.now.measured",
        _("{name} version {number} was measured on parts as they are now, from {labels} labels"),
    )
    register("labeling.step.retried", _("{actor} tried “{step}” of a retrain run again"))
    register("labeling.manifest.frozen", _("{rows} parts since the first training were collected for {name}"))
