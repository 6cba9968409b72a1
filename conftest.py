"""Loads the fixtures every app shares; a root conftest is read after Django is set up, a `-p` plugin before."""

pytest_plugins = ["config.tests.fixtures", "config.tests.live_server", "config.tests.own_redis"]
