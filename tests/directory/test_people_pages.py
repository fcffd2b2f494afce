"""The list of people, one person, giving and ending roles and skills, leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.plant.models import Person, PersonSkill, RoleAssignment
from mlops_portal.foundation.plant.services.skills import skill_grant
from mlops_portal.foundation.plant.services.tokens import token_create


@pytest.fixture
def admin(world, client_for):
    return client_for(world.cast.whole.administrator)


def page(response) -> str:
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def names(response) -> set[str]:
    return {row.username for row in response.context["table"].page.rows}


def test_the_list_is_narrowed_by_role_line_and_skill_in_the_address(admin, world):
    skill_grant(by=world.cast.whole.administrator, person=world.worker, skill=world.skill)
    assert names(admin.get("/people/?role=auditor&line=line-1")) == {"auditor-one", "auditor-whole"}
    assert names(admin.get("/people/?skill=cracks")) == {"worker"}
    assert names(admin.get("/people/?line=line-9")) == {
        f"{role}-elsewhere"
        for role in (
            "operator",
            "domain_expert",
            "quality_engineer",
            "ml_engineer",
            "auditor",
            "administrator",
        )
    }
    assert names(admin.get("/people/?q=wanda")) == {"worker"}


def test_a_line_and_a_role_are_asked_of_one_role_held(admin, world):
    RoleAssignment.objects.create(
        person=world.worker,
        role="auditor",
        site=world.cast.site,
        line=world.cast.line_2,
        granted_at=timezone.now(),
    )
    assert "worker" not in names(admin.get("/people/?role=auditor&line=line-1"))


def test_the_list_costs_the_same_for_many_people(admin, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page(admin.get("/people/"))


def test_a_person_s_page_shows_roles_skills_and_who_gave_them(admin, world):
    admin.post(f"/people/{world.worker.pk}/role/", {"role": "auditor", "place": "ahrensfeld"})
    skill_grant(
        by=world.cast.whole.administrator,
        person=world.worker,
        skill=world.skill,
        expires_at=timezone.now() + timedelta(days=5),
    )
    text = page(admin.get(f"/people/{world.worker.pk}/"))
    assert "Auditor, Ahrensfeld" in text
    assert "given by Administrator Whole" in text
    assert "Judging cracks" in text
    assert "expires soon" in text
    assert "made Wanda Worker Auditor on Ahrensfeld" in text


def test_a_skill_that_expired_is_shown_as_expired(admin, world):
    skill_grant(by=world.cast.whole.administrator, person=world.worker, skill=world.skill)
    PersonSkill.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "expired" in page(admin.get(f"/people/{world.worker.pk}/"))


def test_everybody_sees_their_own_page_and_an_operator_no_other(world, client_for):
    operator = client_for(world.cast.one.operator)
    assert operator.get("/me/").headers["Location"] == f"/people/{world.cast.one.operator.pk}/"
    page(operator.get(f"/people/{world.cast.one.operator.pk}/"))
    assert operator.get(f"/people/{world.worker.pk}/").status_code == 403
    assert operator.get("/people/").status_code == 403


def test_a_person_who_does_not_exist_is_not_found(admin):
    assert admin.get("/people/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_giving_the_same_role_again_says_so_at_the_form(admin, world):
    again = {"role": "operator", "place": "ahrensfeld/line-1"}
    response = admin.post(f"/people/{world.worker.pk}/role/", again)
    assert response.status_code == 409
    assert "already is Operator there" in response.content.decode()


def test_a_role_that_was_given_can_be_undone(admin, world):
    response = admin.post(
        f"/people/{world.worker.pk}/role/", {"role": "auditor", "place": "ahrensfeld"}, follow=True
    )
    [message] = response.context["messages"]
    token = message.extra_tags.removeprefix("undo:")
    assert admin.post("/undo/", {"token": token}).status_code == 302
    assert not Person.objects.get(pk=world.worker.pk).may("log.view")


def test_a_role_ends_on_its_page(admin, world):
    held = RoleAssignment.objects.get(person=world.worker)
    assert admin.get(f"/people/roles/{held.pk}/end/").status_code == 405
    assert admin.post(f"/people/roles/{held.pk}/end/").status_code == 302
    assert admin.post(f"/people/roles/{held.pk}/end/").status_code == 409
    assert not Person.objects.get(pk=world.worker.pk).assignments


def test_a_skill_ends_on_its_page_but_not_by_an_expert_of_another_line(admin, world, client_for):
    held = skill_grant(by=world.cast.whole.administrator, person=world.worker, skill=world.skill)
    stranger = client_for(world.cast.two.domain_expert)
    assert stranger.post(f"/people/skills/{held.pk}/end/").status_code == 403
    assert admin.post(f"/people/skills/{held.pk}/end/").status_code == 302


def test_renewing_a_skill_offers_no_undo_because_the_old_one_ended(admin, world):
    give = f"/people/{world.worker.pk}/skill/"
    first = admin.post(give, {"skill": "cracks"}, follow=True)
    second = admin.post(give, {"skill": "cracks"}, follow=True)
    tags = [[one.extra_tags for one in response.context["messages"]] for response in (first, second)]
    assert tags[0][0].startswith("undo:")
    assert tags[1] == [""]


def test_leaving_says_what_ends_before_it_ends(admin, world):
    token_create(
        by=world.worker, name="x", scopes=["plant.view"], expires_at=timezone.now() + timedelta(days=3)
    )
    text = page(admin.get(f"/people/{world.worker.pk}/leave/"))
    assert "Operator, Line 1" in text
    assert "1 API token" in text
    assert Person.objects.get(pk=world.worker.pk).is_active
    response = admin.post(f"/people/{world.worker.pk}/leave/", follow=True)
    assert "has left. All access ended." in response.content.decode()
    assert not Person.objects.get(pk=world.worker.pk).is_active


def test_the_last_administrator_is_told_why_leaving_is_refused(admin, world):
    response = admin.post(f"/people/{world.cast.whole.administrator.pk}/leave/")
    assert response.status_code == 409
    assert "without an administrator" in response.content.decode()


def test_who_has_no_role_for_it_is_offered_nothing(world, client_for):
    auditor = client_for(world.cast.whole.auditor)
    assert auditor.get(f"/people/{world.worker.pk}/").context["offers"] == []


def test_who_has_the_role_elsewhere_sees_why_not_here(world, client_for):
    expert = client_for(world.cast.two.domain_expert)
    [offer] = expert.get(f"/people/{world.worker.pk}/").context["offers"]
    assert not offer.allowed
    assert "yours is on another" in offer.reason
