"""Parts of the importer of sessions: what a file tells, the equipment it speaks of, and the set-based SQL."""
