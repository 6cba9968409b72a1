"""Bodies and answers of the account addresses, a module per subject."""
