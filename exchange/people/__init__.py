"""Accounts, sign-ins, roles and personal data: who somebody is and what they may do."""
