"""The interface keeps its description: schemathesis asks whatever that allows and forbids, and checks each answer."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
from caller import key_for
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from real_site import BASE_URL, RealSite, open_site
from schemathesis import Case, GenerationMode
from seen import BRADFORD, LEEDS
from starlette.routing import Route

from exchange.people.permissions import Action
from web.guard import door_of
from web.routes import routes

DESCRIPTION = "/api/openapi.json"
PLACES = [LEEDS, BRADFORD, "Leeds", "Yorkshire and The Humber", "E92000001"]
PATHS = [
    *("/api/v1/search", "/api/v1/listings", "/api/v1/listings/{id}", "/api/v1/listings/{id}/matches"),
    "/api/v1/organisations/{id}",
]
ASKED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.fixture(scope="module")
def described_site(filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    """Give the small exchange to a program that asks more often than an hour's rate allows."""
    file = tmp_path_factory.mktemp("described") / "exchange.db"
    shutil.copyfile(filled[0], file)
    with open_site(file) as site, pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.api.door.MOST_WRONG", 1_000_000)  # it tries wrong keys too
        held = site.client.app.state.site
        held.settings = replace(held.settings, api_rate=1_000_000)
        yield site


@pytest.fixture(scope="module")
def key(described_site: RealSite) -> dict[str, str]:
    return {"Authorization": f"Bearer {key_for(described_site.database)}"}


@pytest.fixture(scope="module")
def described(described_site: RealSite):
    """Give the description as schemathesis reads it; each request brings the key of the test, so it makes up none."""
    described = schemathesis.openapi.from_asgi(DESCRIPTION, described_site.client.app)
    described.config.generation.update(with_security_parameters=False)
    return described


@pytest.mark.parametrize("path", PATHS)
def test_whatever_the_description_allows_is_answered_as_it_says(described, key, path):
    @ASKED
    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Case) -> None:
        known(case).call_and_validate(headers=key)

    ask()


def known(case: Case) -> Case:
    """Ask for places that there are, and from the beginning: no text that is made up names a place or a position."""
    case.query.pop("cursor", None)
    if "place" in case.query:
        case.query["place"] = [PLACES[len(text) % len(PLACES)] for text in case.query["place"]]
    return case


@pytest.mark.parametrize("path", PATHS)
def test_whatever_it_forbids_is_refused_as_it_says(described, key, path):
    @ASKED
    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: Case) -> None:
        case.call_and_validate(headers=key)

    ask()


@pytest.mark.parametrize("path", PATHS)
def test_every_limit_is_kept_on_both_sides(described, key, path):
    operation, many = described[path]["GET"], 0
    cases = described.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=described.config.generation
    )
    for case in cases:
        if case.method not in {"GET", "HEAD", "OPTIONS"}:
            assert case.call(headers=key).status_code == 405
        elif case.meta.generation.mode is GenerationMode.POSITIVE:
            known(case).call_and_validate(headers=key)
        else:
            case.call_and_validate(headers=key)
        many += 1
    assert many > 5


def test_its_links_lead_on(described, key):
    class Walk(described.as_state_machine()):
        def get_call_kwargs(self, _case: Case) -> dict[str, object]:
            return {"headers": key}

        def before_call(self, case: Case) -> None:
            known(case)

    Walk.run(settings=settings(ASKED, max_examples=8, stateful_step_count=6))


# --- the description itself -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(described_site: RealSite):
    answer = described_site.client.get(DESCRIPTION)
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_the_description_is_openapi(described, document):
    described.validate()
    assert document["openapi"].startswith("3.1")
    assert list(document["paths"]) == PATHS
    assert document["servers"] == [{"url": BASE_URL}]


def test_it_has_every_address_that_asks_for_a_key():
    known = [route for route in routes() if isinstance(route, Route)]
    keyed = [route.path for route in known if (door := door_of(route)) and door.action is Action.CALL]
    assert keyed == PATHS


def test_every_example_fits_its_schema(document):
    examples = 0
    for operation in (methods["get"] for methods in document["paths"].values()):
        for response in [*operation["responses"].values(), *document["components"]["responses"].values()]:
            for content in response.get("content", {}).values():
                schema = content["schema"] | {"components": document["components"]}
                Draft202012Validator(schema, format_checker=FormatChecker()).validate(content["example"])
                examples += 1
    assert examples > len(PATHS)


def test_every_parameter_says_what_it_takes(document):
    parameters = [one for methods in document["paths"].values() for one in methods["get"]["parameters"]]
    assert {one["name"] for one in parameters} >= {
        "q",
        "area",
        "unstated.money",
        "limit",
        "cursor",
        "id",
        "organisation",
    }
    for one in parameters:
        assert one["description"].endswith(".")
        inner = one["schema"].get("items", one["schema"])
        assert inner["type"] in {"string", "integer"}
        assert "enum" in inner or "maximum" in inner or "maxLength" in inner or one["name"] in {"q", "place"}, one
    areas = next(one for one in parameters if one["name"] == "area")["schema"]["items"]["enum"]
    assert "short-breaks" in areas


def test_every_answer_that_there_may_be_is_described(document):
    for path, methods in document["paths"].items():
        statuses = set(methods["get"]["responses"])
        assert statuses >= {"200", "304", "400", "401", "429", "500", "503"}
        assert ("404" in statuses) is ("{id}" in path)


def test_nobody_needs_a_key_to_read_the_description(described_site):
    assert described_site.client.get(DESCRIPTION).headers["access-control-allow-origin"] == "*"
    assert described_site.client.get(f"{DESCRIPTION}?x=1").status_code == 200
