"""Time without a look at the picture: part of the day, season, and the gap to the photo before."""

from datetime import datetime

from photocast.looking.naming import listed
from photocast.schema import Place

_NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)

_SOUTH = frozenset(
    {
        "Argentina", "Australia", "Chile", "Falkland Islands", "French Southern Territories", "Lesotho", "New Zealand",
        "Norfolk Island", "South Africa", "South Georgia and the South Sandwich Islands", "Uruguay",
    }
)  # fmt: skip

# Countries with two seasons, none, or parts on both sides: a month says too little there.
_NO_FOUR_SEASONS = listed(
    "American Samoa|Angola|Anguilla|Antigua and Barbuda|Aruba|Bahamas|Bangladesh|Barbados|Belize|Benin|"
    "Bolivia|Bonaire, Saint Eustatius and Saba|Botswana|Brazil|British Virgin Islands|Brunei|Burkina Faso|"
    "Burundi|Cabo Verde|Cambodia|Cameroon|Cayman Islands|Central African Republic|Chad|Christmas Island|"
    "Cocos Islands|Colombia|Comoros|Cook Islands|Costa Rica|Cuba|Curacao|Democratic Republic of the Congo|"
    "Djibouti|Dominica|Dominican Republic|Ecuador|El Salvador|Equatorial Guinea|Eritrea|Eswatini|Ethiopia|"
    "Fiji|French Guiana|French Polynesia|Gabon|Gambia|Ghana|Grenada|Guadeloupe|Guam|Guatemala|Guinea|"
    "Guinea-Bissau|Guyana|Haiti|Honduras|Hong Kong|India|Indonesia|Ivory Coast|Jamaica|Kenya|Kiribati|"
    "Laos|Liberia|Macao|Madagascar|Malawi|Malaysia|Maldives|Mali|Marshall Islands|Martinique|Mauritania|"
    "Mauritius|Mayotte|Mexico|Micronesia|Montserrat|Mozambique|Myanmar|Namibia|Nauru|New Caledonia|"
    "Nicaragua|Niger|Nigeria|Niue|Northern Mariana Islands|Oman|Palau|Panama|Papua New Guinea|Paraguay|"
    "Peru|Philippines|Pitcairn|Puerto Rico|Qatar|Republic of the Congo|Reunion|Rwanda|Saint Barthelemy|"
    "Saint Helena|Saint Kitts and Nevis|Saint Lucia|Saint Martin|Saint Vincent and the Grenadines|Samoa|"
    "Sao Tome and Principe|Saudi Arabia|Senegal|Seychelles|Sierra Leone|Singapore|Sint Maarten|"
    "Solomon Islands|Somalia|South Sudan|Sri Lanka|Sudan|Suriname|Taiwan|Tanzania|Thailand|Timor Leste|"
    "Togo|Tonga|Trinidad and Tobago|Turks and Caicos Islands|Tuvalu|U.S. Virgin Islands|Uganda|"
    "United Arab Emirates|Vanuatu|Venezuela|Vietnam|Wallis and Futuna|Yemen|Zambia|Zimbabwe",
    "|",
)

_SEASONS = ("winter", "spring", "summer", "autumn")

_MINUTE, _HOUR = 60.0, 3600.0


def tells_hour(time: datetime) -> bool:
    """Whether the hour is known: midnight to the second is how files write a date alone."""
    return (time.hour, time.minute, time.second) != (0, 0, 0)


def part_of_day(time: datetime) -> str:
    """`morning` from 5, `midday` from 11:30, `afternoon` from 13:30, `evening` from 18, `night` from 22 o'clock."""
    hour = time.hour + time.minute / 60
    for until, name in ((5, "night"), (11.5, "morning"), (13.5, "midday"), (18, "afternoon"), (22, "evening")):
        if hour < until:
            return name
    return "night"


def season(time: datetime, place: Place | None) -> str | None:
    """Season by calendar months; none where the place is unknown or has no four seasons."""
    if place is None or place.country.strip() in _NO_FOUR_SEASONS:
        return None
    turned = 2 if place.country in _SOUTH else 0
    return _SEASONS[(time.month % 12 // 3 + turned) % 4]


def seconds_between(before: datetime, after: datetime) -> float:
    """Seconds from one clock reading to the next, by the hands of the clock when only one knows its offset."""
    if (before.tzinfo is None) != (after.tzinfo is None):
        before, after = before.replace(tzinfo=None), after.replace(tzinfo=None)
    return (after - before).total_seconds()


def gap_in_words(before: datetime, after: datetime) -> str | None:
    """How one would say the time between two photos; none when it is short or runs backwards."""
    seconds = seconds_between(before, after)
    if seconds < 8 * _MINUTE:
        return None
    nights = (after.date() - before.date()).days
    hours_known = tells_hour(before) and tells_hour(after)
    if nights < 1 or (nights == 1 and seconds < 6 * _HOUR):
        return _within_a_day(seconds) if hours_known else None
    if nights == 1:
        return "the next day"
    return _over_days(nights)


def _within_a_day(seconds: float) -> str:
    minutes = seconds / _MINUTE
    for until, words in (
        (12, "ten minutes later"),
        (20, "a quarter of an hour later"),
        (40, "half an hour later"),
        (80, "an hour later"),
        (105, "an hour and a half later"),
    ):
        if minutes < until:
            return words
    return f"{_number(round(minutes / 60))} hours later"


def _over_days(days: int) -> str:
    if days < 7:
        return f"{_number(days)} days later"
    if days < 11:
        return "a week later"
    if days < 25:
        return f"{_number(round(days / 7))} weeks later"
    if days < 46:
        return "a month later"
    months = round(days / 30.44)
    if months < 12:
        return f"{_number(months)} months later"
    if months < 18:
        return "a year later" if months < 14 else "more than a year later"
    return f"{_number(round(days / 365.25))} years later"


def _number(count: int) -> str:
    words = _NUMBERS.split()
    return words[count] if count < len(words) else str(count)
