"""The page of a step, and of the first page of a new listing, built from fields and form; knows no request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from exchange.content import Kind, evidence_level
from exchange.listing.drafts import Draft, StepText
from exchange.listing.evidence_marks import naming
from web import links, wording
from web.cards import Fact
from web.forms import Form
from web.posting.posting_beside import advice
from web.posting.posting_fields import Desk, Field
from web.posting.posting_pages import Drawn, StepPage
from web.posting.posting_standing import title_of
from web.posting.posting_steps import Step
from web.posting.posting_tables import QUICK


def first_page(kind: Kind, desk: Desk, form: Form) -> StepPage:
    """Build the first page of a new listing."""
    step = QUICK[kind]
    return StepPage(
        title=_title(step.heading, form),
        caption=f"New {wording.KINDS[kind].lower()}",
        heading=step.heading,
        lead=step.lead,
        action=f"/post/{kind}",
        form=form,
        fields=_drawn(step.fields, desk),
        saves="Save as a draft and see matches",
        overview=None,
    )


def step_page(draft: Draft, step: Step, desk: Desk, form: Form, today: date) -> StepPage:
    """Build the page of a step; the level of evidence stands where evidence is asked for."""
    level = evidence_level(draft.content)
    path = links.my_listing(draft.listing.id)
    return StepPage(
        title=_title(step.heading, form),
        caption=title_of(draft),
        heading=step.heading,
        lead=step.lead,
        action=f"{path}/{step.name}",
        form=form,
        fields=_drawn(step.fields, desk),
        saves="Save and continue",
        overview=path,
        level=f"{wording.evidence_badge(level)}. {wording.RAISED_BY[level]}" if "evidence" in step.parts else None,
        advice=tuple(one for one in advice(draft, today) if one.field in step.parts),
    )


def theirs(step: Step, desk: Desk, mine: StepText) -> tuple[Fact, ...]:
    """Give what somebody else saved in a step, where it differs from what was typed now."""
    typed = naming(replace(desk.content, **mine.values), mine.named)
    saved = zip(step.told(desk.content, desk.words), step.told(typed, desk.words), strict=True)
    return tuple(their for their, own in saved if their != own)


def _title(heading: str, form: Form) -> str:
    return f"Error: {heading}" if form.problems else heading


def _drawn(fields: Iterable[Field], desk: Desk) -> tuple[Drawn, ...]:
    return tuple(Drawn(field, field.options(desk)) for field in fields)
