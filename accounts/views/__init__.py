"""Pages of accounts that are not allauth's, a module per subject."""
