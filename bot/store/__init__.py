"""History: which runs were diagnosed, what was found, where it was delivered."""
