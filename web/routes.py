"""The one table of routes: which view stands at which address, and for which action; knows nothing else."""

from starlette.routing import BaseRoute, Mount

from exchange.people.permissions import Action
from web.api import views as api
from web.api.door import call
from web.forms import LARGEST_KEPT
from web.guard import one_click, page
from web.posting.posting_tables import STEP_NAMES
from web.running.areas_routes import area_routes
from web.static_files import KeptFiles
from web.views import (
    administration,
    administration_audit,
    administration_figures,
    administration_indexing,
    administration_mail,
    api_keys,
    browse,
    calendars,
    concluding,
    discussing,
    feeds,
    gap_map,
    health,
    home,
    introducing,
    introductions,
    invitations,
    listing_actions,
    listings,
    metrics,
    moderation,
    moderation_comments,
    moderation_deciding,
    my_account,
    my_data,
    my_listings,
    my_organisation,
    organisation_profile,
    organisation_requests,
    organisations,
    posting,
    prose,
    registering,
    reporting,
    saved_searches,
    saving_searches,
    search,
    search_alerts,
    shortlist,
    signing_in,
    still_true,
    unsubscribing,
)


def routes() -> list[BaseRoute]:
    """Give every address of the site; plain functions run in worker threads (design, ruling 7)."""
    return [
        *_public(),
        *_followed(),
        *_accounts(),
        *_organisations(),
        *_posting(),
        *_moderation(),
        *_discussion(),
        *_introductions(),
        *_administration(),
        *area_routes(),
        *_running(),
        *_interface(),
        *_alerts(),
        Mount("/static", KeptFiles(), name="static"),
    ]


def _public() -> list[BaseRoute]:
    """Give the addresses that anybody reads."""
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
    ]


def _followed() -> list[BaseRoute]:
    """Give the addresses that reading programs follow, and the gap map with its charts."""
    return [
        page("/feeds/search.atom", Action.READ, feeds.search),
        page("/feeds/newest.atom", Action.READ, feeds.newest_listings),
        page("/feeds/areas/{code}.atom", Action.READ, feeds.area),
        page("/feeds/places/{code}.atom", Action.READ, feeds.place),
        page("/calendar.ics", Action.READ, calendars.search),
        page("/listings/{id}/calendar.ics", Action.READ, calendars.listing),
        page("/gap-map", Action.READ, gap_map.gap_map),
        page("/gap-map/needs", Action.READ, gap_map.needs),
        page("/gap-map/innovations", Action.READ, gap_map.innovations),
        page("/gap-map/{name}.svg", Action.READ, gap_map.chart),
    ]


def _accounts() -> list[BaseRoute]:
    """Give the addresses of registering, signing in and one's own account."""
    return [
        page("/register", Action.SIGN_IN, registering.register_page, registering.register),
        page("/confirm", Action.CONFIRM, registering.confirm_page, registering.confirm),
        page("/sign-in", Action.SIGN_IN, signing_in.sign_in_page, signing_in.sign_in, largest=LARGEST_KEPT),
        page("/sign-out", Action.SIGN_IN, signing_in.sign_out_page, signing_in.sign_out),
        page("/forgot-password", Action.SIGN_IN, signing_in.forgot_password_page, signing_in.forgot_password),
        page("/reset-password", Action.SIGN_IN, signing_in.reset_password_page, signing_in.reset_password),
        page("/my/account", Action.OWN_ACCOUNT, my_account.account),
        page("/my/account/confirmation", Action.OWN_ACCOUNT, post=my_account.resend),
        page("/my/account/details", Action.OWN_ACCOUNT, my_account.details_page, my_account.details),
        page("/my/account/email", Action.OWN_ACCOUNT, my_account.email_page, my_account.email),
        page("/my/account/password", Action.OWN_ACCOUNT, my_account.password_page, my_account.password),
        page("/my/account/sign-out", Action.OWN_ACCOUNT, post=my_account.sign_out_everywhere),
    ]


def _posting() -> list[BaseRoute]:
    """Give the addresses of writing listings and of looking after them, to the last answer."""
    return [
        page("/post", Action.DRAFT, posting.choose),
        page("/post/innovation", Action.DRAFT, posting.first, posting.begin),
        page("/post/need", Action.DRAFT_NEED, posting.first, posting.begin),
        page("/my/listings", Action.DRAFT, my_listings.my_listings),
        page("/my/listings/{id}", Action.DRAFT, my_listings.overview),
        page("/my/listings/{id}/preview", Action.DRAFT, my_listings.preview),
        page("/my/listings/{id}/submit", Action.SUBMIT, post=my_listings.submit),
        page("/my/listings/{id}/close", Action.SUBMIT, listing_actions.confirm, listing_actions.act),
        page("/my/listings/{id}/withdraw", Action.SUBMIT, listing_actions.confirm, listing_actions.act),
        page("/my/listings/{id}/appeal", Action.SUBMIT, listing_actions.confirm, listing_actions.act),
        page("/my/listings/{id}/discard", Action.DRAFT, listing_actions.confirm, listing_actions.act),
        *(page(f"/my/listings/{{id}}/{name}", Action.DRAFT, posting.step, posting.save) for name in STEP_NAMES),
        page("/my/listings/{id}/conclude", Action.CONCLUDE, concluding.conclude_form, concluding.conclude),
        page("/my/listings/{id}/still-true", Action.SUBMIT, still_true.question, still_true.confirm),
    ]


def _administration() -> list[BaseRoute]:
    """Give the addresses of those who look after the exchange."""
    return [
        page("/administration", Action.ADMINISTER, administration.start),
        page("/administration/accounts", Action.ADMINISTER, administration.accounts),
        page("/administration/accounts/{id}", Action.ADMINISTER, administration.account, administration.change_roles),
        page("/administration/mail", Action.ADMINISTER, administration_mail.mail, administration_mail.retry_all),
        page("/administration/mail/{id}", Action.ADMINISTER, administration_mail.letter, administration_mail.retry),
    ]


def _running() -> list[BaseRoute]:
    """Give the addresses where administrators see what happened, what the exchange achieves and what is stuck."""
    return [
        page("/administration/audit", Action.ADMINISTER, administration_audit.audit),
        page("/administration/audit.csv", Action.ADMINISTER, administration_audit.audit_file),
        page("/administration/figures", Action.ADMINISTER, administration_figures.page),
        page("/administration/missed-searches.csv", Action.ADMINISTER, administration_figures.missed_file),
        page(
            "/administration/indexing",
            Action.ADMINISTER,
            administration_indexing.indexing,
            administration_indexing.try_again,
        ),
    ]


def _organisations() -> list[BaseRoute]:
    """Give the addresses of organisations' members, of what administrators decide for them, and of one's own data."""
    return [
        page("/my/organisation", Action.JOIN, my_organisation.organisation),
        page("/my/organisation/find", Action.JOIN, my_organisation.find),
        page("/my/organisation/join/{id}", Action.JOIN, post=my_organisation.join),
        page("/my/organisation/cancel", Action.JOIN, post=my_organisation.cancel),
        page("/my/organisation/new", Action.JOIN, organisation_profile.making, organisation_profile.make),
        page("/my/organisation/profile", Action.JOIN, organisation_profile.changing, organisation_profile.change),
        page("/my/organisation/profile/take-back", Action.JOIN, post=organisation_profile.take_back),
        page("/my/organisation/requests/{id}", Action.JOIN, post=my_organisation.decide),
        page("/my/organisation/leave", Action.JOIN, my_organisation.leaving, my_organisation.leave),
        page("/my/organisation/members/{id}/remove", Action.JOIN, my_organisation.removing, my_organisation.remove),
        page("/my/organisation/invite", Action.JOIN, my_organisation.inviting, my_organisation.invite),
        page("/invitation", Action.READ, invitations.invitation),
        page("/invitation", Action.JOIN, post=invitations.accept),
        page("/administration/requests", Action.ADMINISTER, organisation_requests.requests),
        page(
            "/administration/requests/joins/{id}",
            Action.ADMINISTER,
            organisation_requests.join_request,
            organisation_requests.decide_join,
        ),
        page(
            "/administration/requests/profiles/{id}",
            Action.ADMINISTER,
            organisation_requests.profile_change,
            organisation_requests.decide_profile,
        ),
        page("/my/data", Action.OWN_ACCOUNT, my_data.data),
        page("/my/data.json", Action.OWN_ACCOUNT, my_data.copy),
        page("/my/data/close", Action.OWN_ACCOUNT, my_data.closing, my_data.close),
    ]


def _moderation() -> list[BaseRoute]:
    """Give the addresses of the moderators, and the one at which a listing is reported to them."""
    listing, revision = "/moderation/listings/{id}", "/moderation/revisions/{id}"
    return [
        page("/moderation", Action.MODERATE, moderation.waiting),
        page("/moderation/decisions", Action.MODERATE, moderation.decisions),
        page(listing, Action.MODERATE, moderation_deciding.listing, moderation_deciding.decide_listing),
        page(revision, Action.MODERATE, moderation_deciding.revision, moderation_deciding.decide_revision),
        page("/moderation/reports/{id}", Action.MODERATE, reporting.report, reporting.decide),
        page("/listings/{id}/report", Action.REPORT, reporting.form, reporting.send),
    ]


def _discussion() -> list[BaseRoute]:
    """Give the addresses of what is said below a listing: read by everybody, written by confirmed accounts."""
    all_of_it, one = "/listings/{id}/discussion", "/listings/{id}/discussion/{comment}"
    moderated = "/moderation/comments/{id}"
    return [
        page(all_of_it, Action.READ, discussing.threads),
        page(all_of_it, Action.DISCUSS, post=discussing.speak),
        page(one, Action.READ, discussing.comment),
        page(f"{one}/reply", Action.DISCUSS, discussing.reply_form, discussing.reply),
        page(f"{one}/take-back", Action.DISCUSS, discussing.take_back_form, discussing.take_back),
        page(f"{one}/report", Action.REPORT, reporting.comment_form, reporting.send_of_comment),
        page(moderated, Action.MODERATE, moderation_comments.comment, moderation_comments.decide),
    ]


def _introductions() -> list[BaseRoute]:
    """Give the addresses where two sides are introduced, and of the shortlist."""
    return [
        page("/listings/{id}/introduce", Action.INTRODUCE, introducing.opening_page, introducing.opening),
        page("/listings/{id}/invite", Action.INTRODUCE, introducing.opening_page, introducing.opening),
        page("/listings/{id}/answer", Action.ANSWER, introducing.opening_page, introducing.opening),
        page("/listings/{id}/shortlist", Action.INTRODUCE, shortlist.note_page, shortlist.keep),
        page("/my/introductions", Action.ANSWER, introductions.introductions),
        page("/my/introductions/{id}", Action.ANSWER, introductions.introduction),
        page("/my/introductions/{id}/accept", Action.ANSWER, post=introductions.accept),
        page("/my/introductions/{id}/message", Action.ANSWER, post=introductions.message),
        page("/my/introductions/{id}/decline", Action.ANSWER, post=introductions.decline),
        page("/my/introductions/{id}/agree", Action.ANSWER, post=introductions.agree),
        page("/my/introductions/{id}/close", Action.ANSWER, post=introductions.close),
        page("/my/introductions/{id}/spam", Action.ANSWER, post=introductions.spam),
        page("/my/shortlist", Action.INTRODUCE, shortlist.shortlist),
    ]


def _interface() -> list[BaseRoute]:
    """Give the addresses of the programming interface, which ask for a key themselves, and those of its keys."""
    return [
        page("/api", Action.READ, api_keys.interface),
        call("/api/openapi.json", api.description, Action.READ),
        call("/api/v1/search", api.search),
        call("/api/v1/listings", api.listings),
        call("/api/v1/listings/{id}", api.listing),
        call("/api/v1/listings/{id}/matches", api.matches),
        call("/api/v1/organisations/{id}", api.organisation),
        page("/my/account/keys", Action.KEYS, api_keys.keys_page, api_keys.make),
        page("/my/account/keys/{id}/end", Action.KEYS, api_keys.end_page, api_keys.end),
    ]


def _alerts() -> list[BaseRoute]:
    """Give the addresses of saved searches and of ending their mail."""
    return [
        page("/my/searches", Action.ALERT, saved_searches.searches),
        page("/my/searches/new", Action.ALERT, saving_searches.new, saving_searches.save),
        page("/my/searches/{id}", Action.ALERT, saved_searches.saved, saved_searches.act),
        page("/my/searches/{id}/alerts", Action.ALERT, search_alerts.found, search_alerts.act),
        one_click("/unsubscribe", Action.UNSUBSCRIBE, unsubscribing.asking, unsubscribing.stopping),
    ]
