"""Every kind of message has words."""

from pathlib import Path

from django.conf import settings

from messaging.kinds import kind_in_words, registered

WITHOUT_TEMPLATE = {"account", "invitation", "stop_again", "unanswered"}


def test_every_text_has_words_and_none_are_left_over() -> None:
    texts = {path.stem for path in (Path(settings.BASE_DIR) / "templates/sms").glob("*.txt")}

    assert texts | WITHOUT_TEMPLATE == set(registered())


def test_a_kind_that_is_written_no_more_is_shown_as_it_is() -> None:
    assert kind_in_words("nudge") == "nudge"
