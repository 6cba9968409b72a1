"""The demo: log-ins, a live night with its line-up and fans, and a calendar around it. Everything is made by services."""
