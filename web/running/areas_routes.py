"""The addresses at which administrators change the areas and their words; knows nothing else."""

from starlette.routing import BaseRoute

from exchange.people.permissions import Action
from web.guard import page
from web.views import administration_areas, administration_changes, administration_terms


def area_routes() -> list[BaseRoute]:
    """Give them as routes."""
    home, act = "/administration/areas", Action.ADMINISTER
    change = f"{home}/changes/{{id}}"
    terms, changes, areas = administration_terms, administration_changes, administration_areas
    return [
        page(home, act, areas.published, areas.prepare),
        page(f"{home}/versions", act, areas.history),
        page(f"{home}/versions/{{number}}", act, areas.version, areas.go_back),
        page(f"{home}/changes", act, areas.past_changes),
        page(change, act, changes.change, changes.publish),
        page(f"{change}/terms", act, changes.terms),
        page(f"{change}/terms/{{scheme}}/{{code}}", act, terms.term, terms.save_term),
        page(f"{change}/add/{{scheme}}", act, terms.new_term, terms.add_term),
        page(f"{change}/remove/{{scheme}}/{{code}}", act, terms.removing, terms.remove_term),
        page(f"{change}/preview", act, changes.preview, changes.ask_preview),
        page(f"{change}/update", act, changes.update_page, changes.update),
        page(f"{change}/discard", act, changes.discard_page, changes.discard),
    ]
