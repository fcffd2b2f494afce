"""The people of the demo plant. They are invented, and so is their password."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_portal.foundation.plant.roles import Role

PASSWORD = "shift-change-at-six"  # noqa: S105 - printed at every start, the production profile refuses the demo


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the demo plant; ``line`` is empty for the whole site."""

    username: str
    name: str
    role: Role
    line: str
    language: str


ADMINISTRATOR = Account("sofia", "Sofia Weber", Role.ADMINISTRATOR, "", "de")
ACCOUNTS = (
    ADMINISTRATOR,
    Account("elif", "Elif Kaya", Role.OPERATOR, "line-2", "de"),
    Account("tom", "Tom Baker", Role.OPERATOR, "line-1", "en"),
    Account("maja", "Maja Lindgren", Role.DOMAIN_EXPERT, "", "en"),
    Account("karl", "Karl Berg", Role.DOMAIN_EXPERT, "line-2", "de"),
    Account("anna", "Anna Ferrari", Role.QUALITY_ENGINEER, "", "en"),
    Account("jonas", "Jonas Weiss", Role.QUALITY_ENGINEER, "line-1", "de"),
    Account("petra", "Petra Lang", Role.QUALITY_ENGINEER, "line-2", "de"),
    Account("sam", "Sam Okafor", Role.ML_ENGINEER, "", "en"),
    Account("ruth", "Ruth Novak", Role.AUDITOR, "", "en"),
)
SKILLS = (
    (
        "judge-pressed-parts",
        {"en": "Judging pressed parts", "de": "Pressteile beurteilen"},
        "press",
        ("elif", "tom", "maja", "karl"),
    ),
    (
        "judge-milled-parts",
        {"en": "Judging milled parts", "de": "Frästeile beurteilen"},
        "machining",
        ("elif", "maja", "karl"),
    ),
)


def sign_ins() -> list[tuple[str, str, str, str]]:
    """User name, password, role in words and line of everybody, as the start of the portal prints them."""
    return [(one.username, PASSWORD, str(one.role.label), one.line) for one in ACCOUNTS]
