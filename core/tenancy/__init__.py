"""Tenancy: a network's rows are seen, counted, stored and changed inside its scope only. See docs/architecture.md."""

from core.tenancy.scope import ScopeError, current_network, current_network_id, network_scope, require_network

__all__ = ["ScopeError", "current_network", "current_network_id", "network_scope", "require_network"]
