"""The OpenAPI document and the page for people that is made from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.templatetags.static import static

from jiesu.api.answer import answer
from jiesu.api.description import api
from jiesu.api.gate import endpoint


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document; it holds nothing of the city, so it is made once."""
    return dict(api.get_openapi_schema())


@endpoint("GET")
def openapi(_: HttpRequest) -> HttpResponse:
    """The document, without a token: it says how to ask, not what is answered."""
    return answer(document())


@endpoint("GET")
def docs(_: HttpRequest) -> HttpResponse:
    """The same, to read."""
    return HttpResponse(_page())


@cache
def _page() -> str:
    made = document()
    engine = Engine(dirs=[str(Path(__file__).parent / "templates")])
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in made["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    styles = [static(f"web/css/{name}.css") for name in ("tokens", "frame", "parts", "rows")]
    return engine.get_template("docs.html").render(
        Context(
            {
                "styles": styles,
                "info": made["info"],
                "paragraphs": [_pieces(one) for one in made["info"]["description"].split("\n\n")],
                "calls": [_call(one) for one in operations if one["tags"] != ["办理"]],
                "moves": [_call(one) for one in operations if one["tags"] == ["办理"]],
            }
        )
    )


def _pieces(paragraph: str) -> list[tuple[str, bool]]:
    """A paragraph's words, and which of them stood between backticks."""
    return [(piece, at % 2 == 1) for at, piece in enumerate(paragraph.split("`"))]


def _call(one: dict[str, Any]) -> dict[str, Any]:
    schema = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    held = schema.get("properties", {}).get("facts", schema)
    needed = held.get("required", [])
    fields = [
        {"name": name, "type": field.get("type"), "about": field.get("description", ""), "needed": name in needed}
        for name, field in held.get("properties", {}).items()
    ]
    parameters = [{**given, "type": given["schema"].get("type")} for given in one.get("parameters", [])]
    return {**one, "fields": fields, "given": parameters, "statuses": sorted(one["responses"].items())}
