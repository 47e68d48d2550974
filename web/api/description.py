"""The interface described as OpenAPI 3.1, from the types that make its answers; knows no row and no request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from exchange.database import LARGEST_KEY
from exchange.taxonomy import Taxonomy
from web.api import examples, found_types, parameters, types
from web.api.parameters import Parameter
from web.api.problems import KINDS, MEDIA_TYPE, Problem
from web.params import MOST_VALUES

Described = dict[str, Any]

REF = "#/components/schemas/{name}"
ABOUT = (
    "Reads what the pages of the exchange show: listings, organisations, searches and matches. Null means that "
    "something is not stated, never “no”. Every request brings a key and counts against its hourly rate. Text that was "
    "imported from open data stays under that data's licence: `source` names it."
)
NOT_HERE = {400: "A parameter cannot be used: `errors` names it.", 304: "What `If-None-Match` named is still so."}
_RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address: what it is called, what it takes and gives, and where one may go on from its answer."""

    path: str
    name: str
    summary: str
    takes: Sequence[Parameter]
    gives: type[Struct]
    example: Struct
    links: Mapping[str, str]
    """Operations by the part of the answer that holds their number."""


def operations(taxonomy: Taxonomy) -> tuple[Operation, ...]:
    """Give every address of the interface that asks for a key."""
    first, organisation = "/listings/0/id", "/listings/0/organisation/id"
    found = "/results/0/listing/id"
    return (
        Operation(
            path="/api/v1/search",
            name="search",
            summary="Search, with the parameters of the search page",
            takes=parameters.search_parameters(taxonomy),
            gives=found_types.Search,
            example=examples.SEARCH,
            links={"getListing": found, "getMatches": found},
        ),
        Operation(
            path="/api/v1/listings",
            name="getListings",
            summary="All public listings, the newest first",
            takes=parameters.LISTINGS,
            gives=types.Listings,
            example=examples.LISTINGS,
            links={"getListing": first, "getMatches": first, "getOrganisation": organisation},
        ),
        Operation(
            path="/api/v1/listings/{id}",
            name="getListing",
            summary="One listing",
            takes=(),
            gives=types.Listing,
            example=examples.LISTING,
            links={"getMatches": "/id", "getOrganisation": "/organisation/id"},
        ),
        Operation(
            path="/api/v1/listings/{id}/matches",
            name="getMatches",
            summary="Who could meet a need, or which needs an innovation could meet, best first",
            takes=parameters.MATCHES,
            gives=found_types.Matches,
            example=examples.MATCHES,
            links={"getListing": found},
        ),
        Operation(
            path="/api/v1/organisations/{id}",
            name="getOrganisation",
            summary="One organisation",
            takes=(),
            gives=types.Organisation,
            example=examples.ORGANISATION,
            links={},
        ),
    )


def describe(base_url: str, taxonomy: Taxonomy) -> Described:
    """Give the whole description."""
    known = operations(taxonomy)
    _, schemas = msgspec.json.schema_components([*(one.gives for one in known), Problem], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Innovation Exchange", "version": "1.0.0", "description": ABOUT},
        "servers": [{"url": base_url}],
        "externalDocs": {"url": f"{base_url}/api", "description": "For people: keys, limits, examples"},
        "security": [{"key": []}],
        "paths": {one.path: {"get": _operation(one)} for one in known},
        "components": {
            "schemas": schemas,
            "responses": {_named(status): _problem(status) for status in KINDS},
            "headers": _headers(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A key made at {base_url}/my/account/keys.",
                }
            },
        },
    }


def _operation(one: Operation) -> Described:
    numbered = "{id}" in one.path
    takes = [_parameter(parameter) for parameter in one.takes]
    failures = [400, 401, *([404] if numbered else []), 429, 500, 503]
    responses = {
        "200": _answer(one),
        "304": {"description": NOT_HERE[304], "headers": _header_refs("ETag", *_RATE)},
        **{str(status): {"$ref": f"#/components/responses/{_named(status)}"} for status in failures},
    }
    return {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [*([_NUMBER] if numbered else []), *takes],
        "responses": responses,
    }


_NUMBER: Described = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Its number, as in the address of its page.",
    "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
}


def _parameter(one: Parameter) -> Described:
    schema = one.schema
    if one.many:
        schema = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
    described: Described = {"name": one.name, "in": "query", "description": one.says, "schema": schema}
    if one.many:
        described |= {"style": "form", "explode": True}
    if one.example is not None:
        described["example"] = [one.example] if one.many else one.example
    return described


def _answer(one: Operation) -> Described:
    paged = "next" in one.gives.__struct_fields__
    links = {
        name: {"operationId": name, "parameters": {"id": f"$response.body#{pointer}"}}
        for name, pointer in one.links.items()
    }
    return {
        "description": (one.gives.__doc__ or "").strip(),
        "headers": _header_refs("ETag", *_RATE, *(["Link"] if paged else [])),
        "content": {
            "application/json": {
                "schema": {"$ref": REF.format(name=one.gives.__name__)},
                "example": msgspec.to_builtins(one.example),
            }
        },
        **({"links": links} if links else {}),
    }


def _problem(status: int) -> Described:
    kind, title = KINDS[status]
    headers = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
    return {
        "description": NOT_HERE.get(status, title),
        **({"headers": _header_refs(*headers)} if headers else {}),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": REF.format(name="Problem")},
                "example": msgspec.to_builtins(examples.problem(status, kind, title)),
            }
        },
    }


def _named(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")


def _header_refs(*names: str) -> Described:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> Described:
    whole, text = {"type": "integer", "minimum": 0}, {"type": "string"}
    return {
        "ETag": {"description": "Names this answer; send it as `If-None-Match` to ask again.", "schema": text},
        "Link": {"description": 'The address of the next page, with rel="next" (RFC 8288).', "schema": text},
        "RateLimit-Limit": {"description": "Requests an hour that the key may make.", "schema": whole},
        "RateLimit-Remaining": {"description": "How many of them are left.", "schema": whole},
        "RateLimit-Reset": {"description": "Seconds until a new hour begins.", "schema": whole},
        "Retry-After": {"description": "Seconds to wait.", "schema": whole},
        "WWW-Authenticate": {"description": "That a bearer key is asked for (RFC 6750).", "schema": text},
    }
