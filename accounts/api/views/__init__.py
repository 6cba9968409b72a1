"""The account addresses, a module per subject."""
