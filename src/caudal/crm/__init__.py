"""Whom the company sells to and what it is selling: companies, people, leads, pipelines and deals.

Invariants: a deal that is open stays in exactly one stage of its own pipeline, one that is closed stays in none and
has one `DealClose`; the stays of a deal follow each other in time; a lead is open, converted or disqualified, and no
two open leads have the same e-mail address; winning, losing, converting and disqualifying are rows with who and when.
"""
