"""The map of 雄关市: closed shapes that fit together, and places that lie where they say."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from jiesu.demo.city import read

Point = tuple[int, int]
PLACES = read("places")
REGIONS = {region["code"]: region for region in read("regions")}
UNIT_KINDS = {unit["code"]: unit["kind"] for unit in read("units")}


def _edges(polygon: list[list[int]]) -> Iterator[tuple[Point, Point]]:
    points: list[Point] = [(x, y) for x, y in polygon]
    return pairwise(points)


def _twice_area(polygon: list[list[int]]) -> int:
    """Twice the signed area, so that integers stay exact."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _edges(polygon))


def _inside(x: float, y: float, polygon: list[list[int]]) -> bool:
    crossings = 0
    for (ax, ay), (bx, by) in _edges(polygon):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossings += 1
    return crossings % 2 == 1


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the open segments ab and cd cross."""

    def side(p: Point, q: Point, r: Point) -> int:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_regions_form_a_tree_of_three_levels() -> None:
    parent_kind = {"subdistrict": "city", "community": "subdistrict"}
    for code, region in REGIONS.items():
        if region["kind"] == "city":
            assert (region["parent"], region["subdistrict_unit"]) == (None, None)
            continue
        assert REGIONS[region["parent"]]["kind"] == parent_kind[region["kind"]], code
        assert UNIT_KINDS[region["subdistrict_unit"]] == "subdistrict", code
        if region["kind"] == "community":
            assert region["subdistrict_unit"] == REGIONS[region["parent"]]["subdistrict_unit"], code
    assert Counter(region["kind"] for region in REGIONS.values()) == {"city": 1, "subdistrict": 5, "community": 28}


def test_polygons_are_closed_simple_and_on_the_sheet() -> None:
    for code, region in REGIONS.items():
        polygon = region["polygon"]
        assert polygon[0] == polygon[-1], code
        assert all(0 <= value <= 1000 for point in polygon for value in point), code
        assert len({tuple(point) for point in polygon}) == len(polygon) - 1, code
        edges = list(_edges(polygon))
        crossed = [(k, m) for k, (a, b) in enumerate(edges) for m, (c, d) in enumerate(edges[:k]) if _cross(a, b, c, d)]
        assert crossed == [], code
        x, y = region["centre"]
        assert _inside(x, y, polygon), code


def test_neighbours_share_their_borders_and_leave_no_gap() -> None:
    for code, region in REGIONS.items():
        children = [one["polygon"] for one in REGIONS.values() if one["parent"] == code]
        if not children:
            continue
        edges = Counter(edge for polygon in children for edge in _edges(polygon))
        assert set(edges.values()) == {1}, code
        outer = {(a, b) for a, b in edges if (b, a) not in edges}
        assert outer == set(_edges(region["polygon"])), code
        assert sum(map(_twice_area, children)) == _twice_area(region["polygon"]), code


def test_places_lie_in_their_community_and_can_be_typed() -> None:
    assert len({place["name"] for place in PLACES}) == len(PLACES) == 134
    for place in PLACES:
        region = REGIONS[place["region"]]
        assert region["kind"] == "community", place["name"]
        assert _inside(place["x"], place["y"], region["polygon"]), place["name"]
        assert re.fullmatch(r"[a-z]+", place["pinyin"]), place["name"]
        assert re.fullmatch(rf"[a-z]{{{len(place['name'])}}}", place["initials"]), place["name"]
