from mlops_portal.foundation.plant.models.calendar import ClosedDay, Shift
from mlops_portal.foundation.plant.models.invitation import Invitation
from mlops_portal.foundation.plant.models.person import Person
from mlops_portal.foundation.plant.models.place import Asset, AssetType, Line, Node, NodeSpan, Site
from mlops_portal.foundation.plant.models.role import RoleAssignment
from mlops_portal.foundation.plant.models.skill import PersonSkill, Skill
from mlops_portal.foundation.plant.models.tablet import Badge, Pin, Tablet, TabletPerson
from mlops_portal.foundation.plant.models.token import Token

__all__ = [
    "Asset",
    "AssetType",
    "Badge",
    "ClosedDay",
    "Invitation",
    "Line",
    "Node",
    "NodeSpan",
    "Person",
    "PersonSkill",
    "Pin",
    "RoleAssignment",
    "Shift",
    "Site",
    "Skill",
    "Tablet",
    "TabletPerson",
    "Token",
]
