"""The team and the company's own settings: people, roles, teams, keys, currencies, long work, approvals and files.

Invariants: there is one company per installation; an e-mail address signs in one member; a link or key works once or
until it expires, and only its hash is kept; whoever asks for an approval does not give it.
"""
