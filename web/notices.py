"""What a page says of the step that led to it: a code in the address, a sentence on the page; knows no view."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

DONE = "done"
NOTICES: Mapping[str, str] = {
    "saved": "Saved.",
    "signed_out": "You are signed out.",
    "signed_out_everywhere": "You are signed out in every browser.",
    "confirmed": "Your email address is confirmed.",
    "confirmation_sent": "We have mailed you a new link.",
    "password_changed": "Your password is changed. Every other browser is signed out.",
    "password_reset": "Your password is changed. Sign in with the new one.",
    "roles_changed": "The roles are changed. The person is told by mail.",
    "roles_kept": "Nothing was changed: the roles were so already.",
    "mail_again": "The mail is tried again within a few seconds.",
    "indexing_again": "It is tried again within a few seconds.",
    "indexing_none_parked": "Nothing was changed: nothing is parked there any more.",
    "mail_none_parked": "Nothing was changed: no mail is parked any more.",
    "draft_made": "Your draft is saved. Only you and your organisation can see it.",
    "saved_to_mend": "Saved. Before you can submit it, mend what is named below.",
    "submitted": "Submitted. A moderator looks at it, and you hear by mail what is decided.",
    "listing_closed": "The listing is closed.",
    "listing_withdrawn": "The listing is withdrawn.",
    "appealed": "Your appeal is with another moderator. You hear by mail what is decided.",
    "discarded": "It is discarded.",
    "asked_to_join": "You have asked to join. You are told by mail when it is decided.",
    "join_taken_back": "Your request to join is taken back.",
    "join_approved": "The request to join is approved. The person is told by mail.",
    "join_refused": "The request to join is refused. The person is told by mail.",
    "joined": "You are a member now.",
    "organisation_made": "Your organisation is added. You are its first member.",
    "left_organisation": "You have left the organisation.",
    "member_removed": "The membership is ended. The person is told by mail.",
    "invited": "The invitation is on its way.",
    "profile_saved": "The profile is saved.",
    "profile_waits": "Your change waits for a decision. You are told by mail.",
    "profile_taken_back": "The change is taken back.",
    "profile_approved": "The change is approved and public. The members are told by mail.",
    "profile_refused": "The change is refused. The members are told by mail.",
    "key_ended": "The key has ended. Programs that bring it are refused.",
    "account_closed": "Your account is closed and your personal data is gone.",
    "concluded": "The need is concluded. Everybody who answered is told by mail what came of it.",
    "still_true": "Thank you: it is noted that this is still true. We ask again in a year.",
    "moderated_approved": "The listing is published. Its author is told by mail.",
    "moderated_changes": "Changes are asked for. The author is told by mail.",
    "moderated_refused": "The listing is refused. Its author is told by mail.",
    "moderated_appeal_upheld": "The appeal is upheld and the listing published. Its author is told by mail.",
    "moderated_appeal_dismissed": "The appeal is dismissed. The author is told by mail.",
    "moderated_live_changes": "The author is asked to change the listing, by mail. It stays public.",
    "moderated_withdrawn": "The listing is withdrawn. Its author is told by mail.",
    "moderated_revision_approved": "The new text is public. Its author is told by mail.",
    "moderated_revision_refused": "The change is refused. Its author is told by mail, and the earlier text stays.",
    "report_upheld": "The report is upheld, and the reporter is told. Now decide what becomes of the listing.",
    "report_upheld_gone": "The report is upheld, and the reporter is told. What was reported is not public any more.",
    "report_dismissed": "The report is dismissed, and the reporter is told.",
    "comment_made": "It is here now, for everybody to read.",
    "comment_taken_back": "It is taken back: its text is gone.",
    "comment_hidden": "The comment is hidden. Its author is told by mail.",
    "comment_restored": "The comment is shown again. Its author is told by mail.",
    "comment_warned": "Its author is warned, by mail, and it is kept with the account.",
    "comment_report_upheld": "The report is upheld, and the reporter is told. Now decide what becomes of the comment.",
    "reported": "Thank you. A moderator reads your report, and you hear by mail what was decided.",
    "introduction_asked": "It is sent. You hear by mail as soon as they answer.",
    "introduction_invited": "The invitation is sent. You hear by mail as soon as they answer.",
    "introduction_answered": "Your answer is sent. You hear by mail as soon as they write back.",
    "introduction_open": "You are in touch over this already: here is the introduction.",
    "introduction_ended": "The introduction has ended. The other side is told by mail.",
    "message_sent": "Your message is sent.",
    "agreed_to_share": "You agreed to share contact details. The other side is told by mail.",
    "shortlisted": "It is on your shortlist, with your note.",
    "shortlist_removed": "It is off your shortlist.",
    "search_saved": "Saved. You hear by mail when something new fits it.",
    "search_saved_already": "You have saved this already: here it is. Nothing was saved twice.",
    "search_changed": "Your changes are saved.",
    "search_stopped": "It is stopped. No mail comes of it until you begin it again.",
    "search_begun": "It has begun again. You are told of what is published from now on.",
    "search_deleted": "The saved search is deleted.",
    "muted": "Muted. You hear no more of this listing.",
    "unmuted": "The mute is taken off. A search that has not found it yet may tell you of it.",
    "areas_begun": "A change is begun. Nothing is public until you publish it.",
    "areas_term_saved": "Saved in this change. Nothing is public until you publish it.",
    "areas_term_added": "Added to this change. Nothing is public until you publish it.",
    "areas_term_removed": "Removed from this change. Nothing is public until you publish it.",
    "areas_preview_asked": "The preview is being worked out. Search goes on as usual meanwhile.",
    "areas_up_to_date": "This change is up to date with the published version.",
    "areas_published": "Published. Listings that it concerns are indexed again in the next minutes.",
    "areas_gone_back": "The earlier version is published again. Listings that it concerns are indexed again.",
    "areas_discarded": "The change is discarded.",
}
"""Only these sentences can be shown: an address that somebody made up says nothing of their own."""


def see_other(address: str, done: str | None = None) -> RedirectResponse:
    """Send a browser on after a POST, with what was done.

    Raises:
        KeyError: there is no sentence of that name.
    """
    if done is None:
        return RedirectResponse(address, status_code=303)
    NOTICES[done]
    path, mark, fragment = address.partition("#")
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}{urlencode({DONE: done})}{mark}{fragment}", status_code=303)
