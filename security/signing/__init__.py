"""Signing in and what belongs to it: invitations, passwords, second factors, sessions, proofs before sensitive deeds.

The ceremonies (TOTP, WebAuthn, verification of e-mail addresses) are django-allauth's; what is asked of whom, the
limits, the pages and the records are ours.
"""
