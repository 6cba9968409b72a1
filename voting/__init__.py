"""The vote: rounds, ballots, tallies, leaderboards."""
