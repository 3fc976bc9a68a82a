"""The live process: server-sent events for open pages, so that an open board holds no web thread."""
