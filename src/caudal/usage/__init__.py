"""What customers use: events under permanent identities, meters that read them, and quantities as of any instant.

Billing and whoever else wants to know how much was used asks `usage.queries`; nobody else reads these tables.
"""
