"""Forms of usage, and the words in which its pages tell it."""
