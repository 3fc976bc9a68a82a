"""Signals by which lower apps tell higher ones: call down, signal up."""

from django.dispatch import Signal

# All migrations are applied and the roles have their rights; sent outside of any network, as the application role.
migrated = Signal()

# The zone or the start of the business day of the network in scope has changed (in the same transaction):
# whoever keeps sums by day computes them anew.
network_clock_changed = Signal()

# An account was anonymised (`account`, `old_email`; same transaction, outside of any network): whoever keeps a name or
# an address of the person beside the account lets it go.
person_erased = Signal()
