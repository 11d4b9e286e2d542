"""Numbers: the registry of metrics over the tables that the contexts publish, their pages, the rows behind them."""
