from mlops_portal.plant.models.calendar import ClosedDay, Shift
from mlops_portal.plant.models.invitation import Invitation
from mlops_portal.plant.models.person import Person
from mlops_portal.plant.models.place import Asset, AssetType, Line, Node, NodeSpan, Site
from mlops_portal.plant.models.role import RoleAssignment
from mlops_portal.plant.models.skill import PersonSkill, Skill
from mlops_portal.plant.models.token import Token

__all__ = [
    "Asset",
    "AssetType",
    "ClosedDay",
    "Invitation",
    "Line",
    "Node",
    "NodeSpan",
    "Person",
    "PersonSkill",
    "RoleAssignment",
    "Shift",
    "Site",
    "Skill",
    "Token",
]
