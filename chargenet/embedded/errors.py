"""The one exception of the launcher."""


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be had; the message says why and what to do, in words for the operator."""
