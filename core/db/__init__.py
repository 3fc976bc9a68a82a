"""PostgreSQL backend of ChargeNet: it knows the tenant, guards every ORM statement and feeds row-level security."""
