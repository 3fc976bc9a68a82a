"""Work record sets: what was done in a day, week or month, summed up, printed and kept."""
