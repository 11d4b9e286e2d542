"""Pages of numbers: what there is, what one comes to, and the records that it is made from."""
