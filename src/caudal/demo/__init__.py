"""The demo company: a year of an invented business at a hundredth of the first plan's size.

`script` writes what happens, from a seed; `actions.grow` performs it through the same actions that pages call.
"""
