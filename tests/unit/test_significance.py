"""Intervals and tests of difference: what is one witness counts once, and chance is not taken for a gain."""

import math

import numpy as np
import pytest

from exchange.errors import InputError
from indexer.compare import check_run, compare, group_of, shown, table
from indexer.judgements import JudgedQuery
from indexer.significance import interval, paired_p


def test_the_interval_of_a_mean_is_about_two_standard_errors_each_way():
    values = np.random.default_rng(5).normal(0.5, 0.2, 200).tolist()
    found = interval(values, range(200))
    assert found is not None
    error = 1.96 * np.std(values) / math.sqrt(200)
    assert found == pytest.approx((np.mean(values) - error, np.mean(values) + error), abs=0.006)
    assert found == interval(values, range(200)), "the same run gives the same interval"


def test_queries_that_were_judged_alike_are_one_witness():
    values = [0.2, 0.8] * 50
    alone, alike = interval(values, range(100)), interval(values, [0, 1] * 50)
    assert alone is not None
    assert alike == pytest.approx((0.2, 0.8))
    assert alone[1] - alone[0] < 0.2


def test_one_witness_gives_no_interval_and_equal_ones_a_point():
    assert interval([0.3, 0.5], ["a", "a"]) is None
    assert interval([], []) is None
    assert interval([0.25, 0.25, 0.25], range(3)) == (0.25, 0.25)


def test_a_steady_gain_is_more_than_luck_and_a_mixed_one_is_not():
    steady = paired_p([0.05] * 12, range(12))
    assert steady == pytest.approx(2 / 2**12, abs=1e-3)
    mixed = paired_p([0.2, -0.2, 0.1, -0.1, 0.05, -0.04], range(6))
    assert mixed is not None
    assert mixed > 0.5
    assert paired_p([0.0] * 5, range(5)) == 1.0


def test_a_gain_on_one_need_asked_many_times_is_one_gain():
    differences, groups = [0.1] * 40 + [-0.1], [0] * 40 + [1]
    together, apart = paired_p(differences, groups), paired_p(differences, range(41))
    assert together is not None
    assert apart is not None
    assert apart < 0.001
    assert together > 0.4
    assert paired_p([0.1, 0.1], [0, 0]) is None


def queries() -> list[JudgedQuery]:
    return [
        JudgedQuery(id="a", text="a", family="x", grades={"d1": 3}),
        JudgedQuery(id="b", text="b", family="x", grades={"d2": 3}),
        JudgedQuery(id="c", text="c", family="y", grades={"d3": 3}),
        JudgedQuery(id="nothing to find", text="d", family="y", grades={"d3": 0}),
        JudgedQuery(id="unjudged", text="e"),
    ]


def test_two_runs_are_compared_family_by_family_and_in_all():
    here = {"a": ["d1"], "b": ["d2"], "c": ["d9", "d3"]}
    there = {"a": ["d9", "d1"], "b": ["d9", "d2"]}
    rows = {row.family: row for row in compare(queries(), here, there)}
    assert [(name, row.queries) for name, row in rows.items()] == [("x", 2), ("y", 1), ("all", 3)]
    second = 1 / math.log2(3)
    assert (rows["x"].here, rows["x"].there) == pytest.approx((1.0, second))
    assert (rows["y"].here, rows["y"].there) == pytest.approx((second, 0.0)), "what a run does not have it did not find"
    assert rows["all"].difference == pytest.approx((2 * (1 - second) + second) / 3)
    assert (rows["y"].interval, rows["y"].p) == (None, None)
    header, first, *_ = table(rows.values())
    assert len(header) == len(first)
    assert first == ("x", "2", "1.000", ".631", "+.369", "+.369 to +.369", ".500")


def test_a_run_of_other_queries_is_refused_before_the_long_work():
    check_run(queries(), {"a": ["d1"]}, "run.txt")
    with pytest.raises(InputError, match=r"run.txt has none of the judged queries"):
        check_run(queries(), {"unjudged": ["d1"], "z": ["d1"]}, "run.txt")


def test_intervals_read_as_text():
    assert shown((-0.05, 0.123), signed=True) == "-.050 to +.123"
    assert shown((0.05, 1.0)) == ".050 to 1.000"
    assert shown(None) == "-"
    assert group_of({"a": 1, "b": 0}) == group_of({"b": 0, "a": 1}) != group_of({"a": 1})
