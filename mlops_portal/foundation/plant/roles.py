"""The six roles. A person holds a role at a site, on one line or on all of its lines."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OPERATOR = "operator", _("Operator")
    DOMAIN_EXPERT = "domain_expert", _("Domain expert")
    QUALITY_ENGINEER = "quality_engineer", _("Quality engineer")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
