"""Looks at every page in a real browser: rules, budgets, pictures. Development only; nothing that is served imports it."""
