"""Tables sort, filter, search, page and export by their address."""

from __future__ import annotations

import csv
import io

import django_filters
import pytest
from django.test import RequestFactory

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.tables.columns import Column, harmless
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.paging import COUNT_TO
from mlops_portal.foundation.shell.tables.table import Table
from tests.cast import new_person

pytestmark = pytest.mark.django_db
COLUMNS = [
    Column("name", "Name", sort="name", link=lambda person: f"/people/{person.pk}/"),
    Column("language", "Language", sort=("language", "name")),
    Column("length", "Letters", value=lambda person: len(person.name), align="right"),
]
LANGUAGES = Choice("language", "Language", [("en", "English"), ("de", "German")])


def people(count: int) -> None:
    Person.objects.bulk_create(
        [new_person(f"p{i}", f"Person {i:05}", language="de" if i % 3 == 0 else "en") for i in range(count)]
    )


def a_table(address: str = "/people/", **options) -> Table:
    options = {
        "columns": COLUMNS,
        "filters": [LANGUAGES],
        "search": ["name", "email"],
        "page_size": 10,
        **options,
    }
    return Table(RequestFactory().get(address), Person.objects.all(), **options)


def names(table: Table) -> list[str]:
    return [person.name for person in table.page.rows]


def test_it_sorts_by_a_column_in_both_directions():
    people(12)
    assert names(a_table("/people/?sort=name"))[0] == "Person 00000"
    table = a_table("/people/?sort=-name")
    assert names(table)[0] == "Person 00011"
    assert [head.sorted for head in table.heads] == ["descending", "", ""]


def test_an_unknown_sort_filter_or_page_in_the_address_is_ignored():
    people(12)
    assert len(names(a_table("/people/?sort=password&language=xx&page=nine"))) == 10


def test_a_page_past_the_end_shows_the_last_one():
    people(12)
    table = a_table("/people/?sort=name&page=99")
    assert names(table) == ["Person 00010", "Person 00011"]
    assert table.page.number == 2


def test_pages_of_equal_keys_neither_repeat_nor_lose_a_row():
    Person.objects.bulk_create([new_person(f"p{i}", "Same") for i in range(25)])
    seen = [p.pk for page in (1, 2, 3) for p in a_table(f"/people/?sort=name&page={page}").page.rows]
    assert len(seen) == len(set(seen)) == 25


def test_it_filters_and_searches_every_word():
    people(12)
    assert len(names(a_table("/people/?language=de"))) == 4
    assert names(a_table("/people/?q=person+00007")) == ["Person 00007"]
    assert a_table("/people/?q=nobody").narrowed


def test_links_keep_the_filter_and_leave_the_page():
    people(12)
    table = a_table("/people/?language=en&page=2")
    assert table.heads[0].url == "?language=en&sort=name"


def test_a_filter_set_works_as_well():
    people(12)

    class ByLanguage(django_filters.FilterSet):
        class Meta:
            model = Person
            fields = ("language",)

    table = a_table("/people/?language=de", filters=ByLanguage)
    assert len(names(table)) == 4
    assert table.narrowed


def test_two_tables_on_one_page_keep_apart():
    people(12)
    table = a_table("/people/?sort=-name&left-sort=name", key="left")
    assert names(table)[0] == "Person 00000"


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_max_num_queries):
    people(60)
    with django_assert_max_num_queries(2):
        a_table(page_size=50).respond("components/table.html")


def test_counting_stops(monkeypatch):
    monkeypatch.setattr("mlops_portal.foundation.shell.tables.paging.COUNT_TO", 20)
    people(40)
    page = a_table().page
    assert (page.total, page.more_than_total) == (20, True)
    assert COUNT_TO == 10_000


def test_the_export_has_every_row_and_no_formula():
    people(11)
    Person.objects.filter(username="p3").update(name='=HYPERLINK("http://evil")')
    response = a_table("/people/?csv=1&sort=name").respond("components/table.html")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["Name", "Language", "Letters"]
    assert len(rows) == 12
    assert "'=HYPERLINK" in content
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_made_text(value):
    assert str(harmless(value)).startswith("'")


@pytest.mark.parametrize("value", [-3, -2.5, "plain", "a=b"])
def test_numbers_and_words_are_left_alone(value):
    assert harmless(value) == value


def test_htmx_gets_the_table_alone_and_words_are_escaped():
    Person.objects.bulk_create([new_person("x", "<script>alert(1)</script>")])
    request = RequestFactory().get("/people/", headers={"HX-Request": "true", "HX-Target": "table-rows"})
    response = Table(request, Person.objects.all(), columns=COLUMNS).respond("no/such/page.html")
    html = response.content.decode()
    assert html.lstrip().startswith('<div class="table-region"')
    assert "<script>alert" not in html


def test_an_empty_table_says_so_and_a_filtered_one_offers_all():
    assert "Nothing here yet" in a_table().respond("components/table.html").content.decode()
    html = a_table("/people/?q=nobody").respond("components/table.html").content.decode()
    assert "Nothing fits this filter" in html
    assert "Show all" in html
