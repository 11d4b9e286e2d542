"""The routes and bodies of each kind of record, as the API describes them."""
