"""Several nodes of one cluster: one that is gone costs nobody a page, one that is frozen is not waited for twice."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exchange.errors import UnavailableError
from indexer.elastic_client import Access, connect, told
from indexer.patience import patient_for


class Node(BaseHTTPRequestHandler):
    """A node that answers every request with the server's status and nothing in it."""

    def do_GET(self):
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_words: object):
        pass


@pytest.fixture
def node():
    """Give a node that answers; `asked` counts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Node)
    server.status, server.asked = 200, 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def frozen():
    """Give the address of a node that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def gone() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def address(node) -> str:
    return f"http://127.0.0.1:{node.server_port}"


def ask(*urls: str, times: int = 1) -> list[str]:
    """Ask people's client so often; give a sentence for each time that there was no answer."""
    clients = connect(Access(urls=urls, patience=0.3))
    failed = []
    for _ in range(times):
        try:
            with told():
                clients.people.info()
        except UnavailableError as error:
            failed.append(str(error))
    clients.close()
    return failed


@pytest.mark.filterwarnings("ignore::elastic_transport.TransportWarning")
def test_nodes_that_are_gone_are_passed_over(node):
    assert ask(gone(), address(node), gone(), times=6) == []
    assert node.asked == 6


def test_where_every_node_is_gone_there_is_a_sentence():
    (failed,) = ask(gone(), gone())
    assert failed.startswith("Elasticsearch cannot be reached; look at EXCHANGE_ELASTICSEARCH_URL")


def test_what_is_not_answered_in_time_is_asked_of_nobody_else(node, frozen):
    failed = ask(address(node), frozen, times=2)
    assert failed == ["Elasticsearch did not answer in time."]
    assert node.asked == 1


def test_a_page_waits_no_longer_for_a_frozen_node_than_it_has_patience(frozen):
    clients = connect(Access(urls=(frozen,), patience=600.0))
    with patient_for(0.3):
        for why in ("did not answer in time", "answers too slowly"):
            with pytest.raises(UnavailableError, match=why), told(), clients.person() as client:
                client.info()
    clients.close()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_node_that_answers_with_an_error_is_believed(node, status):
    node.status = status
    assert len(ask(address(node), f"{address(node)}/other")) == 1
    assert node.asked == 1
