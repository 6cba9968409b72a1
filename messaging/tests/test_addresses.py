import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from messaging.models import Address, Channel
from messaging.services.addresses import NotAMailAddress, NotAPhoneNumber, address_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("channel", "written", "stored"),
    [
        (Channel.SMS, "+1 (202) 555-0123", "+12025550123"),
        (Channel.SMS, " +49 151 12345678 ", "+4915112345678"),
        (Channel.EMAIL, " Fay.Fan@Example.TEST ", "fay.fan@example.test"),
        (Channel.PUSH, "https://push.example/A", "https://push.example/A"),
    ],
)
def test_an_address_has_one_spelling(channel: Channel, written: str, stored: str) -> None:
    first = address_for(channel=channel, value=written)
    assert first.value == stored
    assert address_for(channel=channel, value=stored) == first
    assert Address.objects.count() == 1


@pytest.mark.parametrize("value", ["", "2025550123", "+1202", "hello", "+9999999999999999"])
def test_what_is_no_phone_number_is_refused(value: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        address_for(channel=Channel.SMS, value=value)


@pytest.mark.parametrize("value", ["", "fay", "fay@", "fay fan@example.test"])
def test_what_is_no_mail_address_is_refused(value: str) -> None:
    with pytest.raises(NotAMailAddress):
        address_for(channel=Channel.EMAIL, value=value)


def test_a_known_address_learns_its_user_and_language_once(fan: User) -> None:
    address_for(channel=Channel.EMAIL, value="fay@example.test")
    learned = address_for(channel=Channel.EMAIL, value="fay@example.test", user=fan, language="es")
    assert (learned.user, learned.language) == (fan, "es")

    other = address_for(channel=Channel.EMAIL, value="fay@example.test", user=UserFactory.create(), language="fr")
    assert (other.user, other.language) == (fan, "es")
