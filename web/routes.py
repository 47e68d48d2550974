"""The one table of routes: which view stands at which address, and for which action; knows nothing else."""

from starlette.routing import BaseRoute, Mount

from exchange.permissions import Action
from web.guard import page
from web.static_files import KeptFiles
from web.views import browse, health, home, listings, metrics, organisations, prose, search


def routes() -> list[BaseRoute]:
    """Give every address of the site; plain functions run in worker threads (design, ruling 7)."""
    return [
        page("/", Action.READ, home.home),
        page("/search", Action.READ, search.search),
        page("/newest", Action.READ, home.newest_listings),
        page("/browse/areas", Action.READ, browse.areas),
        page("/browse/areas/{code}", Action.READ, browse.area),
        page("/browse/places", Action.READ, browse.places),
        page("/browse/places/{code}", Action.READ, browse.place),
        page("/listings/{id}", Action.READ, listings.listing),
        page("/listings/{id}/matches", Action.READ, listings.matches),
        page("/organisations/{id}", Action.READ, organisations.organisation),
        page("/how-ranking-works", Action.READ, prose.how_ranking_works),
        page("/accessibility", Action.READ, prose.accessibility),
        page("/privacy", Action.READ, prose.privacy),
        page("/cookies", Action.READ, prose.cookies),
        page("/health", Action.OPERATE, health.health),
        page("/ready", Action.OPERATE, health.ready),
        page("/metrics", Action.OPERATE, metrics.metrics),
        page("/robots.txt", Action.READ, prose.robots),
        Mount("/static", KeptFiles(), name="static"),
    ]
