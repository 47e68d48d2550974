"""The form of an organisation's profile: read into details, filled from them, told in words; knows no request."""

from dataclasses import dataclass

from exchange.errors import InputError
from exchange.models import OrgKind
from exchange.organisation.organisations import OrganisationDetails
from exchange.place.place_names import codes_of, names_of
from exchange.place.places import Gazetteer
from web import wording
from web.cards import Fact
from web.forms import Form

KINDS = {OrgKind.THIRD_SECTOR: "Third-sector organisation", OrgKind.PUBLIC_BODY: "Public body"}
LABELS = {
    "name": "Name",
    "kind": "Kind",
    "org_id": "Org-id",
    "income": "Yearly income",
    "places": "Places",
    "about": "About",
    "website": "Website",
    "email": "Email address",
    "telephone": "Telephone number",
}
"""The fields in the order of the form."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of a profile before and after a change; None is "not stated"."""

    label: str
    before: str | None
    after: str | None


def read_details(form: Form, gazetteer: Gazetteer) -> OrganisationDetails | None:
    """Read the form; None where something is wrong, which the form then says."""
    name = form.required("name", "Enter the name of the organisation.")
    kind = form.choice(OrgKind, "kind", "What kind of organisation it is")
    if kind is None and form.problem("kind") is None:
        form.refuse("kind", "Choose what kind of organisation it is.")
    income = form.whole("income", "The income")
    try:
        places = codes_of(form.text("places"), gazetteer, "places")
    except InputError as error:
        form.refuse_error(error, "places")
    if kind is None or form.problems:
        return None
    return OrganisationDetails(
        name=name,
        kind=kind,
        org_id=form.stated("org_id"),
        income=income,
        places=places,
        about=form.stated("about"),
        website=form.stated("website"),
        email=form.stated("email"),
        telephone=form.stated("telephone"),
    )


def approves(form: Form) -> bool:
    """Say whether the button that was pressed approves or refuses.

    Raises:
        InputError: neither was.
    """
    ruling = form.text("ruling")
    if ruling not in {"approve", "refuse"}:
        raise InputError("Choose whether to approve or to refuse: press one of the two buttons.")
    return ruling == "approve"


def filled_form(details: OrganisationDetails, gazetteer: Gazetteer) -> Form:
    """Give the form with what is known of an organisation in it."""
    shown = {
        "name": details.name,
        "kind": details.kind.value,
        "org_id": details.org_id,
        "income": None if details.income is None else f"{details.income:,}",
        "places": names_of(details.places, gazetteer),
        "about": details.about,
        "website": details.website,
        "email": details.email,
        "telephone": details.telephone,
    }
    return Form({name: [value] for name, value in shown.items() if value})


def facts_of(details: OrganisationDetails, gazetteer: Gazetteer) -> tuple[Fact, ...]:
    """Give a profile in words, every field in the order of the form."""
    return tuple(Fact(label, _words(details, name, gazetteer)) for name, label in LABELS.items())


def changes_between(
    before: OrganisationDetails, after: OrganisationDetails, gazetteer: Gazetteer
) -> tuple[Changed, ...]:
    """Give the fields that differ, in words, in the order of the form."""
    return tuple(
        Changed(label, _words(before, name, gazetteer), _words(after, name, gazetteer))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _words(details: OrganisationDetails, name: str, gazetteer: Gazetteer) -> str | None:
    if name == "kind":
        return KINDS[details.kind]
    if name == "income":
        return None if details.income is None else wording.pounds(details.income)
    if name == "places":
        return wording.listed([gazetteer.label(code) for code in details.places]) if details.places else None
    text: str | None = getattr(details, name)
    return text
