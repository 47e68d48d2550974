"""One concrete index of a cluster, made with one model, mapping and statistics: written and read; knows no alias."""

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from exchange.errors import InputError, UnavailableError
from indexer.elastic_bulk import newest, refused, requests
from indexer.elastic_client import Clients, told
from indexer.elastic_fields import (
    HASH,
    ID,
    IMPACTS,
    REVISION,
    STATISTICS,
    VISIBLE,
    Body,
    body_of,
    mapping,
    settings,
)
from indexer.elastic_query import group_weights
from indexer.elastic_request import found_of, request_of, request_of_all
from indexer.engine import Entry, Found, Held, Plan, ReplacedError, TermGroup
from indexer.statistics import Statistics

WRITES: Final = "-writes"
"""After an index's name: the alias through which it is written, so that a write never makes a dropped index anew."""

CHUNK = 4_000_000
"""Characters of the statistics in one document."""
SCAN = 5_000
MOST_WORDS = 1_000
"""Different words of one question, each three clauses. A server takes 64 clauses for each megabyte of heap, shared by
its threads of search (three for two cores): without a bound, one strange text would look like a server that is down."""
NOBODYS = TermGroup(alternatives=(("", 1.0),))
"""A word that no listing holds."""
OTHER_MODEL = "The index was made with another model; run `exchange index rebuild`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an index was made with; `fields` are those that its mapping knows."""

    model: str
    dimension: int
    mapping: int
    fields: frozenset[str]


class ElasticIndex:
    """An index by its name."""

    def __init__(self, clients: Clients, name: str, made: Made, statistics: Statistics) -> None:
        self._clients = clients
        self.name = name
        self.made = made
        self.statistics = statistics

    @property
    def model(self) -> str:
        """Give the name of the model whose vectors it takes."""
        return self.made.model

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, entries: Sequence[Entry]) -> None:
        """Put documents, or hide those that are not visible; searchable when it returns.

        One request does both: a refresh by itself says nothing of a shard whose node has just died.
        """
        self.fill(entries, searchable=True)

    def fill(self, entries: Sequence[Entry], *, searchable: bool = False) -> None:
        """Write, without making it searchable yet unless that is asked for.

        Raises:
            UnavailableError: vectors of another model, or the cluster does not take writes now.
            ReplacedError: the index was replaced.
            InputError: the index refuses a document; the others are written.
        """
        if any(entry.vectors.shape[1] != self.made.dimension for entry in entries if len(entry.vectors)):
            raise UnavailableError(OTHER_MODEL)
        reasons = [reason for part in requests(newest(entries)) for reason in self._send(part, searchable=searchable)]
        if reasons:
            raise InputError(f"Elasticsearch refused {len(reasons)} documents, the first with {reasons[0]}")

    def _send(self, entries: Sequence[Entry], *, searchable: bool) -> list[str]:
        operations: list[Body] = []
        for entry in entries:
            operations.append({"index": _versioned(entry)})
            body = body_of(entry, self.statistics)
            operations.append({name: value for name, value in body.items() if name in self.made.fields})
        with told():
            answer = self._clients.bulk.bulk(
                index=self.name + WRITES, operations=operations, require_alias=True, refresh=searchable
            )
        return refused(answer["items"])

    def refresh(self) -> None:
        """Make searchable what was written."""
        with told():
            self._clients.bulk.indices.refresh(index=self.name)

    # --- reading ------------------------------------------------------------------------------------------------------

    def search(self, plan: Plan) -> Found:
        """Find the first candidates of a plan with their evidence, and count all of them: one request."""
        if plan.vectors is not None and plan.vectors.shape[1] != self.made.dimension:
            raise UnavailableError(OTHER_MODEL)
        plan = _heaviest(_with_directions(plan), self.statistics)
        body = request_of(plan, self.statistics)
        if not plan.everything:
            return found_of(plan, self.statistics, self._ask(body))
        return found_of(plan, self.statistics, self._ask(body), self._ask(request_of_all(plan, self.statistics)))

    def _ask(self, body: Body) -> dict[str, Any]:
        with told(), self._clients.person() as client:
            answer = client.search(
                index=self.name,
                body=body,
                include_named_queries_score=True,
                allow_partial_search_results=False,
            )
        return dict(answer)

    def count_holders(self, terms: Sequence[str]) -> dict[str, int]:
        """Count the visible listings that hold each term."""
        filters = {str(n): {"term": {IMPACTS: term}} for n, term in enumerate(terms)}
        body = {"size": 0, "query": {"term": {VISIBLE: True}}, "aggs": {"terms": {"filters": {"filters": filters}}}}
        buckets = self._ask(body)["aggregations"]["terms"]["buckets"]
        return {term: buckets[str(n)]["doc_count"] for n, term in enumerate(terms)}

    def suggest(self, word: str, edits: int) -> list[tuple[str, int]]:
        """Give words within so many slips of a word, each with roughly the number of listings that write it so."""
        options = {
            "field": "words",
            "suggest_mode": "always",
            "max_edits": edits,
            "prefix_length": 0,
            "min_word_length": 1,
            "string_distance": "damerau_levenshtein",
            "accuracy": 0.1,
            "size": 100,
            "max_term_freq": 1_000_000_000,
            "sort": "score",
        }
        body = {"size": 0, "suggest": {"near": {"text": word, "term": options}}}
        found = self._ask(body)["suggest"]["near"]
        return [(option["text"], option["freq"]) for entry in found for option in entry["options"]]

    def counted(self) -> tuple[int, int]:
        """Count the listings that it holds and those of them that are visible."""
        body = {
            "size": 0,
            "query": {"exists": {"field": REVISION}},
            "track_total_hits": True,
            "aggs": {"visible": {"filter": {"term": {VISIBLE: True}}}},
        }
        answer = self._ask(body)
        return answer["hits"]["total"]["value"], answer["aggregations"]["visible"]["doc_count"]

    def held(self) -> dict[int, Held]:
        """Give what it holds of each listing."""
        return {
            fields[ID][0]: Held(
                revision=fields[REVISION][0],
                visible=fields[VISIBLE][0],
                content_hash=bytes.fromhex(fields.get(HASH, [""])[0]),
            )
            for fields in self._all([ID, REVISION, VISIBLE, HASH])
        }

    def revisions(self) -> dict[int, int]:
        """Give the revision held for each listing, also hidden ones."""
        return {fields[ID][0]: fields[REVISION][0] for fields in self._all([ID, REVISION])}

    def _all(self, fields: list[str]) -> Iterator[dict[str, list[Any]]]:
        after: list[Any] | None = None
        while True:
            body: Body = {
                "size": SCAN,
                "query": {"exists": {"field": REVISION}},
                "sort": [{ID: "asc"}],
                "docvalue_fields": fields,
                "_source": False,
                "track_total_hits": False,
            } | ({"search_after": after} if after else {})
            with told():
                answer = self._clients.bulk.search(index=self.name, body=body, allow_partial_search_results=False)
            hits = answer["hits"]["hits"]
            yield from (hit["fields"] for hit in hits)
            if len(hits) < SCAN:
                return
            after = hits[-1]["sort"]


def _with_directions(plan: Plan) -> Plan:
    """Leave out zero vectors: they have no direction, and the server refuses them. Nothing else left is no browsing."""
    if plan.vectors is None or plan.vectors.any(axis=1).all():
        return plan
    kept = plan.vectors[plan.vectors.any(axis=1)]
    if len(kept):
        return replace(plan, vectors=kept)
    return replace(plan, vectors=None, terms=plan.terms or (NOBODYS,))


def _heaviest(plan: Plan, statistics: Statistics) -> Plan:
    """Leave out the lightest words of a text that has more than the server may be asked for."""
    if len(plan.terms) <= MOST_WORDS:
        return plan
    weights = group_weights(plan, statistics)
    kept = sorted(sorted(range(len(weights)), key=lambda n: -weights[n])[:MOST_WORDS])
    return replace(plan, terms=tuple(plan.terms[n] for n in kept))


def _versioned(entry: Entry) -> Body:
    document = entry.document
    return {"_id": str(document.id), "version": document.revision, "version_type": "external_gte"}


def create_index(
    clients: Clients, name: str, made: tuple[str, int], statistics: Statistics, shape: tuple[int, int]
) -> ElasticIndex:
    """Make an index for a model and its dimension, with its statistics, of so many shards and replicas, not served yet.

    Only when it is whole may it be written: the alias for writes comes last.
    """
    model, dimension = made
    with told():
        clients.bulk.indices.create(index=name, mappings=mapping(model, dimension), settings=settings(*shape))
        for number, part in enumerate(_packed(statistics)):
            clients.bulk.index(index=name, id=f"{STATISTICS}-{number}", document={STATISTICS: part}, op_type="create")
        clients.bulk.indices.refresh(index=name)
        clients.bulk.indices.put_alias(index=name, name=name + WRITES)
    return open_index(clients, name)


def open_index(clients: Clients, name: str) -> ElasticIndex:
    """Open an index by its name: what it was made with and its statistics come from itself."""
    with told():
        with clients.person() as client:
            found = client.indices.get_mapping(index=name)[name]["mappings"]
        meta = found.get("_meta", {})
        parts: list[str] = []
        while (part := _part(clients, name, len(parts))) is not None:
            parts.append(part)
    made = Made(
        model=str(meta.get("model", "")),
        dimension=int(meta.get("dimension", 0)),
        mapping=int(meta.get("mapping", 0)),
        fields=frozenset(found["properties"]),
    )
    return ElasticIndex(clients, name, made, _unpacked(parts))


def _part(clients: Clients, name: str, number: int) -> str | None:
    with clients.person() as client:  # the first page after a rebuild waits for it
        answer = client.options(ignore_status=404).get(index=name, id=f"{STATISTICS}-{number}")
    if not answer.get("found"):
        if "error" in answer:
            raise ReplacedError("The index was replaced by another one meanwhile.")
        return None
    return str(answer["_source"][STATISTICS])


def _packed(statistics: Statistics) -> list[str]:
    plain = json.dumps(
        {
            "documents": statistics.documents,
            "average_length": statistics.average_length,
            "frequencies": dict(statistics.frequencies),
        }
    )
    packed = base64.b64encode(zlib.compress(plain.encode())).decode()
    return [packed[start : start + CHUNK] for start in range(0, len(packed), CHUNK)]


def _unpacked(parts: Sequence[str]) -> Statistics:
    if not parts:
        return Statistics()
    return Statistics(**json.loads(zlib.decompress(base64.b64decode("".join(parts)))))
