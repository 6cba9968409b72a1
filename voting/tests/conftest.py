from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from voting.tests.booths import Booth, Gate


@pytest.fixture
def booth(transactional_db: None) -> Iterator[Callable[[], Booth]]:
    """Opens booths, which close with the test."""
    with ExitStack() as stack:

        def opened() -> Booth:
            made = Booth()
            stack.callback(made.close)
            return made

        yield opened


@pytest.fixture
def gate(transactional_db: None) -> Iterator[Gate]:
    """A closed gate."""
    made = Gate()
    made.close()
    yield made
    made.remove()
