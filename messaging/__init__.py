"""Writing to people and hearing from them: addresses, consent, senders, the outbox, inbound texts, providers. Knows no event, vote or artist."""
