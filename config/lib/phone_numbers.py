"""Phone numbers: one spelling to keep, one to read."""

import phonenumbers


def e164(text: str, country: str | None = None) -> str:
    """As `+12025550100`; "" for what is no number, or names no country.

    `country` (ISO 3166-1 alpha-2) is that of a number without a country code. Numbers of the right length pass, assigned
    or not: only the provider knows which of them exist.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return written if phonenumbers.is_possible_number(number) else ""


def dialled(number: str) -> str:
    """An E.164 number as people write it for the whole world to dial: `+1 202-555-0100`."""
    return str(phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL))
