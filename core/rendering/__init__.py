"""Helper processes that draw charts and lay out paper.

Chart and PDF libraries are heavy and not safe after a fork, and a page that goes wrong must not take a web process with
it. So the work is done in a few child processes of our own: started when needed, without settings, database or secrets,
ended after a minute without work. `core.rendering.pool` is the caller's side, `core.rendering.child` the other one.
"""
