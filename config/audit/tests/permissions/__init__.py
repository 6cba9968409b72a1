"""The permission matrix: who may use which address how, asked of the site itself and written down in docs/permissions.md."""
