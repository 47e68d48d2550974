"""What `exchange serve` writes to standard error: its sentences for people, and one JSON object a line for machines."""

import json
import re
import socket

from test_cli_serve import Site, free_port


def test_the_log_of_a_site_is_one_line_a_request_and_tells_nothing_that_was_typed(demonstration):
    site = Site(free_port())
    try:
        assert site.get("/search?q=confidential+words")[0] == 200
        assert site.get("/listings/999999")[0] == 404
        metrics = site.get("/metrics")
        with socket.create_connection(("127.0.0.1", site.port)) as stranger:
            stranger.sendall(b"no request at all\r\n\r\n")
            stranger.recv(1_000)
    finally:
        _, err = site.stop()
    told = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    asked = [(line["path"], line["status"]) for line in told if line.get("request_id") not in {None, "before-start"}]
    assert asked == [("/search", 200), ("/listings/999999", 404), ("/metrics", 200)]
    assert 'exchange_embedded_texts_total{purpose="query"}' in metrics[1]
    assert [line["event"] for line in told if line["logger"] == "uvicorn.error"] == ["Invalid HTTP request received."]
    assert "confidential" not in err


def test_a_person_who_sets_text_gets_readable_lines(demonstration, monkeypatch):
    monkeypatch.setenv("EXCHANGE_LOG", "text")
    site = Site(free_port())
    try:
        assert site.get("/privacy")[0] == 200
    finally:
        _, err = site.stop()
    line = next(line for line in err.splitlines() if "path=/privacy" in line)
    assert "status=200" in line
    assert not line.startswith("{")


def test_what_the_worker_of_a_site_embeds_is_among_its_figures(demonstration, cli, tmp_path):
    file = tmp_path / "teas.jsonl"
    file.write_text(json.dumps({"_id": "1", "title": "Lighthouse keepers choir"}))
    site = Site(free_port())
    try:
        assert cli("import", "--kind", "need", file, "--publish-as", "Me", "--reason", "open").exit_code == 0
        figures = site.get("/metrics")[1]
    finally:
        site.stop()
    embedded = re.search(r'embedded_texts_total\{purpose="indexing"\} (\S+)', figures)[1]
    assert float(embedded) >= 1
    assert "exchange_outbox_waiting_rows 0.0" in figures
