"""Who someone is and what they may do: users, roles, policies, tokens, audit, idempotency keys. Knows nothing of what the product does with them."""
