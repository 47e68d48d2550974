"""The smallest parts of a request: clauses made of clauses, as pure functions; knows no field and no plan."""

from collections.abc import Sequence

from indexer.elastic_fields import Body


def all_of(clauses: Sequence[Body]) -> Body:
    """Match what all clauses match; without any, everything."""
    return {"bool": {"filter": list(clauses)}} if clauses else {"match_all": {}}


def any_of(clauses: Sequence[Body]) -> Body:
    """Match what any clause matches; without any, nothing."""
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}} if clauses else {"match_none": {}}


def none_of(clauses: Sequence[Body]) -> Body:
    """Match what no clause matches."""
    return {"bool": {"must_not": list(clauses)}}


def best_of(clauses: Sequence[Body]) -> Body:
    """Match what any clause matches, with the best of their scores."""
    return clauses[0] if len(clauses) == 1 else {"dis_max": {"queries": list(clauses)}}


def fixed(clause: Body, boost: float) -> Body:
    """Score what a clause matches with one number."""
    return {"constant_score": {"filter": clause, "boost": boost}}


def named(clause: Body, name: str) -> Body:
    """Let every hit tell whether a clause matches it, and with which score."""
    return {"bool": {"must": [clause], "_name": name}}
