"""The one table of routes; knows which view stands at which address and nothing else."""

from starlette.routing import BaseRoute, Mount, Route

from web.static_files import KeptFiles
from web.views import browse, health, home, listings, metrics, organisations, prose, search


def routes() -> list[BaseRoute]:
    """Give every address of the site; plain functions run in worker threads (design, ruling 7)."""
    return [
        Route("/", home.home),
        Route("/search", search.search),
        Route("/newest", home.newest_listings),
        Route("/browse/areas", browse.areas),
        Route("/browse/areas/{code}", browse.area),
        Route("/browse/places", browse.places),
        Route("/browse/places/{code}", browse.place),
        Route("/listings/{id}", listings.listing),
        Route("/listings/{id}/matches", listings.matches),
        Route("/organisations/{id}", organisations.organisation),
        Route("/how-ranking-works", prose.how_ranking_works),
        Route("/accessibility", prose.accessibility),
        Route("/privacy", prose.privacy),
        Route("/cookies", prose.cookies),
        Route("/health", health.health),
        Route("/ready", health.ready),
        Route("/metrics", metrics.metrics),
        Route("/robots.txt", prose.robots),
        Mount("/static", KeptFiles(), name="static"),
    ]
