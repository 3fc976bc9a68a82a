"""Supervision: the stream of work records, the rules that watch it, and the alerts that somebody must answer."""
