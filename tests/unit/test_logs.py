"""Logs: one JSON object or one readable line a record, with its request's number and without what people typed."""

import io
import json
import logging
import warnings

import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from exchange.errors import SettingsError
from exchange.settings import load_settings
from web.logs import logging_to
from web.metrics import Metrics
from web.observed import LONGEST_PATH, Observed, number_for

OURS = logging.getLogger("web.anything")
STRANGERS = logging.getLogger("elastic_transport.anything")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def fresh_context():
    """Leave no number of a request behind."""
    yield
    structlog.contextvars.clear_contextvars()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def logged(message, *values: object, form="json", extra=None):
    stream = io.StringIO()
    with logging_to(stream, form):
        OURS.warning(message, *values, extra=extra)
    return stream.getvalue()


def fail_with(message):
    typed = "typed " + "by somebody"
    raise RuntimeError(message, len(typed))


def trace_of(message, form):
    stream = io.StringIO()
    with logging_to(stream, form):
        try:
            fail_with(message)
        except RuntimeError:
            OURS.exception("fault")
    return stream.getvalue()


def thing(request):
    logging.getLogger("exchange.listing.listings").info("deep inside")
    return PlainTextResponse(request.scope["request_id"])


def broken(_request):
    raise RuntimeError("a fault of ours")


@pytest.fixture
def site():
    """Give a client of a small site behind the middleware."""
    names = ["/things", "/things/{id}", "/letters/{token}"]
    routes = [*(Route(name, thing) for name in names), Route("/broken", broken)]
    app = Starlette(routes=routes, middleware=[Middleware(Observed, metrics=Metrics())])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def request_line(site, address, method="GET", headers=None):
    stream = io.StringIO()
    with logging_to(stream, "json"):
        site.request(method, address, headers=headers)
    return next(line for line in lines(stream) if line["event"] == "request"), stream.getvalue()


def test_a_json_line_says_when_who_and_what():
    told = json.loads(logged("took %d rows", 3))
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": "took 3 rows", "level": "warning", "logger": "web.anything"}


def test_a_terminal_gets_readable_lines_and_a_file_gets_json():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with logging_to(stream):
            OURS.info("all is well")
    assert "all is well" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert json.loads(file.getvalue())["event"] == "all is well"


def test_the_setting_decides_before_the_stream_does():
    stream = Terminal()
    with logging_to(stream, "json"):
        OURS.info("all is well")
    assert json.loads(stream.getvalue())["level"] == "info"
    assert logged("all is well", form="text").count("{") == 0


def test_our_own_packages_say_what_they_do_and_libraries_only_what_goes_wrong():
    stream = io.StringIO()
    with logging_to(stream, "json"):
        OURS.info("a page")
        OURS.debug("a detail")
        STRANGERS.info("POST http://localhost:9200")
        STRANGERS.warning("a node has failed")
    assert [line["event"] for line in lines(stream)] == ["a page", "a node has failed"]


def test_warnings_of_python_are_lines_too():
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with logging_to(stream, "json"):
            warnings.warn("this will go away", stacklevel=1)
    assert [line["logger"] for line in lines(stream)] == ["py.warnings"]
    assert "this will go away" in stream.getvalue()


def test_only_known_fields_stand_beside_a_message():
    told = json.loads(logged("request", extra={"status": 200, "query": "my mother's name"}))
    assert told["status"] == 200
    assert "query" not in told


@pytest.mark.parametrize("form", ["json", "text"])
def test_addresses_of_people_and_signs_that_move_a_cursor_are_taken_out(form):
    told = logged("cannot write to <a.b+c@example.org>\x1b[2J", form=form)
    assert "example.org" not in told
    assert "(e-mail)" in told
    assert "\x1b" not in told
    assert "u001b" not in told


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_fault_is_told_once_with_its_trace_and_without_the_values_of_variables(form):
    told = trace_of("key (ann@example.org) exists", form)
    assert told.count("Traceback (most recent call last)") == 1
    assert "fail_with" in told
    assert "ann@example.org" not in told
    assert "typed by somebody" not in told


def test_afterwards_nothing_more_is_written_and_levels_are_as_before():
    stream, before = io.StringIO(), logging.getLogger("web").level
    with logging_to(stream, "json"):
        pass
    OURS.warning("too late")
    assert stream.getvalue() == ""
    assert logging.getLogger("web").level == before


@pytest.mark.parametrize("given", ["0f8fad5b-d9cb-469f-a165-70867728950e", "abcdefgh", "A1._-bcd", "x" * 64])
def test_a_well_formed_number_that_came_with_a_request_is_kept(given):
    assert number_for(given) == given


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "short",
        "x" * 65,
        "-begins-badly",
        "two words!",
        "<script>alert",
        "line\nbreak00",
        "ünïcödé-00",
        "a" * 9000,
    ],
)
def test_any_other_number_is_replaced(given):
    made = {number_for(given) for _ in range(2)}
    assert len(made) == 2
    assert all(len(number) == 16 and number.isalnum() for number in made)


def test_the_number_stands_in_the_answer_and_in_every_line_of_its_request(site):
    stream = io.StringIO()
    with logging_to(stream, "json"):
        answers = [site.get("/things", headers={"X-Request-ID": f"request-{n}"}) for n in range(3)]
    assert [answer.headers["x-request-id"] for answer in answers] == ["request-0", "request-1", "request-2"]
    assert [answer.text for answer in answers] == ["request-0", "request-1", "request-2"]
    told = [(line["event"], line["request_id"]) for line in lines(stream)]
    assert told == [(event, f"request-{n}") for n in range(3) for event in ("deep inside", "request")]


def test_a_malicious_number_reaches_neither_the_answer_nor_the_log(site):
    stream = io.StringIO()
    with logging_to(stream, "json"):
        answer = site.get("/things", headers={"X-Request-ID": '"}\x1b[2J{"level":"none'})
    assert answer.headers["x-request-id"].isalnum()
    assert "none" not in stream.getvalue()
    assert len(lines(stream)) == 2


def test_a_request_is_one_line_with_method_path_status_and_duration(site):
    line, _ = request_line(site, "/things/12")
    assert line["duration_ms"] >= 0
    assert {name: line[name] for name in ("method", "path", "status", "level", "logger")} == {
        "method": "GET",
        "path": "/things/12",
        "status": 200,
        "level": "info",
        "logger": "web.observed",
    }


def test_what_people_type_is_in_no_line(site):
    told = request_line(site, "/things?q=my+secret+need&email=ann@example.org", headers={"Referer": "/?q=secret"})[1]
    assert "secret" not in told
    assert "example.org" not in told
    line, told = request_line(site, "/ann@example.org/unknown")
    assert (line["path"], line["status"]) == ("/(e-mail)/unknown", 404)
    assert "example.org" not in told


def test_a_part_of_a_path_that_might_be_a_secret_keeps_its_name(site):
    line, told = request_line(site, "/letters/s3cr3t")
    assert line["path"] == "/letters/{token}"
    assert "s3cr3t" not in told


def test_a_path_that_a_stranger_made_up_is_cut_and_harmless(site):
    line, told = request_line(site, "/%1b%5b2J%0a" + "x" * 9_000)
    assert line["path"].startswith("/%1B%5B2J%0A")
    assert len(line["path"]) < LONGEST_PATH + 20
    assert "\x1b" not in told


def test_a_method_that_a_stranger_made_up_is_other(site):
    assert request_line(site, "/things", method="BREW")[0]["method"] == "OTHER"


def test_a_request_that_nothing_could_answer_is_still_a_line(site):
    line, _ = request_line(site, "/broken")
    assert (line["path"], line["status"]) == ("/broken", 500)


@pytest.mark.parametrize("form", ["", "text", "json"])
def test_the_setting_of_logs_takes_its_two_forms_or_none(form):
    assert load_settings({"EXCHANGE_LOG": form}).log == form


@pytest.mark.parametrize("form", ["xml", "JSON", " "])
def test_any_other_form_is_refused_by_name(form):
    with pytest.raises(SettingsError, match=r"EXCHANGE_LOG is .*text or json"):
        load_settings({"EXCHANGE_LOG": form})


@pytest.mark.parametrize("token", ["short", "has a space in the middle", "geheimgeheimgehéim"])
def test_a_token_for_the_metrics_that_could_be_guessed_or_not_sent_is_refused_unseen(token):
    with pytest.raises(SettingsError, match="EXCHANGE_METRICS_TOKEN") as refusal:
        load_settings({"EXCHANGE_METRICS_TOKEN": token})
    assert token not in str(refusal.value)
