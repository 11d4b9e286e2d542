"""Pages of customer relations."""
