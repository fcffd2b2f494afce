"""Where labeling and training live in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import at_tablet, kinds, navigation
from mlops_portal.foundation.shell.registries.kinds import Kind
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_run_items() -> None:
    navigation.register(NavItem("runs", _("Training"), "runs", 45, lambda person: person.may("run.view")))
    kinds.register(Kind("run.over", _("A retrain run that I started is over"), icon="model"))
    kinds.register(Kind("version.outside", _("A version was registered in MLflow"), icon="model"))


def register_label_items() -> None:
    navigation.register(
        NavItem("label", _("Judge parts"), "label", 15, lambda person: person.may("label.answer"))
    )
    kinds.register(Kind("labels.asked", _("My line is asked about parts"), icon="label"))
    at_tablet.register(
        *(
            "label",
            "label_line",
            "label_tasks",
            "label_answer",
            "label_undo",
            "label_mine",
            "label_take_back",
        ),
        *("label_worker", "label_shell", "api-label-requests-answer", "api-label-requests-next"),
        *("api-label-requests-release", "api-labels-undo", "api-labels-doubt"),
    )
