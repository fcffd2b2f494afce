"""Giving and ending roles and skills."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mlops_portal.foundation.directory.forms.people import RoleForm, SkillForm, end_of
from mlops_portal.foundation.directory.selectors.people import people_for, roles_for, skills_for
from mlops_portal.foundation.plant.models import PersonSkill
from mlops_portal.foundation.plant.policies import demand, guard, skill_verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.roles import role_end, role_grant
from mlops_portal.foundation.plant.services.skills import skill_end, skill_grant
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries import undo


@require_http_methods(["GET", "POST"])
@signed_in
def role_give(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    by = person_of(request)
    guard(by, "role.grant")
    person = get_object_or_404(people_for(person=by), pk=pk)

    def do(given: dict[str, Any]) -> HttpResponse:
        site, line = given["place"]
        role = Role(given["role"])
        until = end_of(given["until"]) if given["until"] else None
        made = role_grant(by=by, person=person, role=role, site=site, line=line, until=until)
        text = _("%(name)s is now %(role)s, %(place)s.") % {
            "name": person,
            "role": role.label,
            "place": line or site,
        }
        undo.offer_undo(request, text, undo.token(by=by, name="directory.role_given", assignment=made.pk))
        return redirect("person", person.pk)

    return form_page(
        request,
        RoleForm(request.POST or None, by=by),
        do,
        template="directory/form.html",
        title=_("Give %(name)s a role") % {"name": person},
        lead=_("The role counts at once, on one line or on the whole site."),
        submit=_("Give the role"),
        back=reverse("person", args=[person.pk]),
        back_label=person.name,
    )


@require_POST
@signed_in
def role_ends(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    assignment = get_object_or_404(roles_for(person=by), pk=pk)
    role_end(by=by, assignment=assignment)
    messages.success(
        request,
        _("%(name)s is no longer %(role)s there.")
        % {"name": assignment.person, "role": assignment.get_role_display()},
    )
    return redirect("person", assignment.person_id)


@require_http_methods(["GET", "POST"])
@signed_in
def skill_give(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Confirm a skill, or renew the one named in the address."""
    by = person_of(request)
    guard(by, "skill.grant")
    person = get_object_or_404(people_for(person=by), pk=pk)
    demand(skill_verdict(by, person))

    def do(given: dict[str, Any]) -> HttpResponse:
        skill = given["skill"]
        renewed = PersonSkill.objects.filter(person=person, skill=skill, ended_at=None).exists()
        expires = end_of(given["expires"]) if given["expires"] else None
        held = skill_grant(by=by, person=person, skill=skill, expires_at=expires)
        text = _("%(name)s now has the skill “%(skill)s”.") % {"name": person, "skill": skill}
        if renewed:  # the old confirmation ended with the new one: going back would leave none
            messages.success(request, text)
        else:
            undo.offer_undo(request, text, undo.token(by=by, name="directory.skill_given", held=held.pk))
        return redirect("person", person.pk)

    return form_page(
        request,
        SkillForm(request.POST or None, initial={"skill": request.GET.get("skill")}),
        do,
        template="directory/form.html",
        title=_("Confirm a skill of %(name)s") % {"name": person},
        lead=_("You say with your name that the person was taught and tested."),
        submit=_("Confirm the skill"),
        back=reverse("person", args=[person.pk]),
        back_label=person.name,
    )


@require_POST
@signed_in
def skill_ends(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    held = get_object_or_404(skills_for(person=by), pk=pk)
    skill_end(by=by, held=held)
    messages.success(
        request,
        _("%(name)s no longer has the skill “%(skill)s”.") % {"name": held.person, "skill": held.skill},
    )
    return redirect("person", held.person_id)
