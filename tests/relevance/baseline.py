"""Rewrite baseline.json with what the fixtures' judged queries measure now: `python -m tests.relevance.baseline`.

The file holds the mean nDCG@10 of the first page that a person sees, and the figure of each query to compare by eye.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent
FILE = FOLDER / "baseline.json"
ALLOWED_LOSS = 0.01
PLACES = 4


def committed() -> float:
    """Give the mean nDCG@10 that the last measurement wrote down."""
    return float(json.loads(FILE.read_text(encoding="utf-8"))["ndcg@10"])


def main() -> None:
    """Measure on a throwaway copy, show what changed and write the file."""
    sys.path.insert(0, str(FOLDER))
    from real_exchange import fill, ndcg_of_queries, open_exchange  # noqa: PLC0415  found by the line above

    from exchange.database import open_database  # noqa: PLC0415
    from exchange.schema import migrate  # noqa: PLC0415

    with TemporaryDirectory(prefix="exchange-baseline-") as folder:
        file = Path(folder) / "exchange.db"
        database = open_database(f"sqlite:///{file}")
        migrate(database)
        database.dispose()
        fill(file)
        figures = ndcg_of_queries(open_exchange(file))
    measured = {query: round(figure or 0.0, PLACES) for query, figure in figures.items()}
    mean = round(sum(measured.values()) / len(measured), PLACES)
    before = committed() if FILE.exists() else None
    FILE.write_text(json.dumps({"ndcg@10": mean, "queries": measured}, indent=1) + "\n", encoding="utf-8")
    print(f"nDCG@10 over {len(measured)} queries: {mean} (before: {before})")  # noqa: T201  a command's answer


if __name__ == "__main__":
    main()
