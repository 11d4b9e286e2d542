"""Plans: what a company means to reach, as targets that are checked, simulated and compared with what happened."""
