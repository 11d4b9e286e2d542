"""What the company sells.

Invariants: a product is found by its SKU, which is unique among products that are not deleted; its list price is
today's, and documents keep the price that they were agreed with. A price version is never edited, and two
never begin on one day for one charge and currency; who bought a retired offering goes on paying for it.
"""
