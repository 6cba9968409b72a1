"""Forms of the account pages, a module per subject."""
