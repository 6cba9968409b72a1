"""Forms and read models of the console's pages about events."""
