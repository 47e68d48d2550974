"""What is written to people about their accounts; knows no table.

Nothing that was typed stands in a letter to an address that is not proven: it would carry anybody's words to anybody.
"""

from exchange.letters import Note

NOT_YOU = "If it was not you, there is nothing to do: without the link nothing happens."


def confirm(secret: str) -> Note:
    """Ask to confirm the address of a new account."""
    return Note(
        subject="Confirm your email address",
        body=(
            "An account was made with this email address at Innovation Exchange. Open the link below and press the "
            "button there, so that we know that the address is yours. The link works once, for three days.\n\n"
            "If you did not make the account, do not confirm it, and nothing can be submitted in its name."
        ),
        path=f"/confirm?code={secret}",
        secret=True,
    )


def known_already() -> Note:
    """Tell the owner of an address that somebody registered it again."""
    return Note(
        subject="You have an account already",
        body=(
            "Somebody filled in the form for a new account at Innovation Exchange with this email address. It has an "
            "account already, so none was made and nothing was changed.\n\n"
            "If it was you, sign in with the password that you chose first. If you do not know it any more, choose a "
            "new one at the link below.\n\n"
            "If it was not you, there is nothing to do."
        ),
        path="/forgot-password",
    )


def reset(secret: str) -> Note:
    """Give the link to a new password."""
    return Note(
        subject="Choose a new password",
        body=(
            "Somebody asked for a new password for your account at Innovation Exchange. Open the link below to choose "
            f"it. The link works once, for one hour.\n\n{NOT_YOU}"
        ),
        path=f"/reset-password?code={secret}",
        secret=True,
    )


def no_account() -> Note:
    """Tell an address that asked for a new password that it has no account."""
    return Note(
        subject="There is no account with this address",
        body=(
            "Somebody asked for a new password at Innovation Exchange with this email address. No account has it. "
            "If it was you, try the other addresses that you may have registered with, or register at the link "
            "below.\n\nIf it was not you, there is nothing to do."
        ),
        path="/register",
    )


def password_changed() -> Note:
    """Tell a person that their password is another one."""
    return Note(
        subject="Your password was changed",
        body=(
            "The password of your account at Innovation Exchange was changed just now, and every browser that was "
            "signed in was signed out.\n\n"
            "If it was not you, choose a new password at the link below at once."
        ),
        path="/forgot-password",
    )


def new_email(secret: str) -> Note:
    """Ask to confirm the address to which an account is to move."""
    return Note(
        subject="Confirm your new email address",
        body=(
            "Somebody with an account at Innovation Exchange gave this as their new email address. Open the link below "
            "and press the button there, so that we know that it is yours. The link works once, for one day. From "
            f"then on you sign in with this address.\n\n{NOT_YOU}"
        ),
        path=f"/confirm?code={secret}",
        secret=True,
    )


def email_taken() -> Note:
    """Tell the owner of an address that somebody wanted to move another account to it."""
    return Note(
        subject="You have an account already",
        body=(
            "Somebody with another account at Innovation Exchange gave this as their new email address. It has an "
            "account already, so nothing was changed.\n\n"
            "If it was you, sign in with this address. If it was not you, there is nothing to do."
        ),
        path="/sign-in",
    )


def email_moved() -> Note:
    """Tell the old address that the account has moved to another one."""
    return Note(
        subject="Your email address was changed",
        body=(
            "Your account at Innovation Exchange has another email address from now on, and we write to that one. "
            "The new address was confirmed by a link, and the change was asked for with your password.\n\n"
            "If it was not you, tell an administrator of the exchange at once."
        ),
    )
