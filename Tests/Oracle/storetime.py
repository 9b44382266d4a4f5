"""The store's own clock: what day and time of day it is there, happy hours, dates and birthday windows."""

import calendar
import re
from datetime import date, timedelta

DAY_MILLISECONDS = 86_400_000
EPOCH = date(1970, 1, 1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))")


def parsed_instant(text):
    """An RFC 3339 instant in milliseconds since 1970; digits beyond the millisecond are dropped."""
    match = RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 instant")
    day, hour, minute, second, fraction, sign, zone_hour, zone_minute = match.groups()
    days = (date.fromisoformat(day) - EPOCH).days
    seconds = days * 86_400 + int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign:
        offset = int(zone_hour) * 3600 + int(zone_minute) * 60
        seconds -= offset if sign == "+" else -offset
    return seconds * 1000 + int(((fraction or "") + "000")[:3])


class StoreTime:
    """One moment as the store sees it: `instant` (ms since 1970), `day` (a date), `time_of_day` (ms since midnight)."""

    def __init__(self, at, utc_offset_seconds):
        self.instant = parsed_instant(at)
        days, self.time_of_day = divmod(self.instant + utc_offset_seconds * 1000, DAY_MILLISECONDS)
        self.day = EPOCH + timedelta(days=days)


def is_plain_date(text):
    return len(text) == 10


def has_begun(start, moment):
    """`from`: an instant, or the start of the store's day."""
    if is_plain_date(start):
        return moment.day >= date.fromisoformat(start)
    return moment.instant >= parsed_instant(start)


def is_not_over(end, moment):
    """`until`: an instant that is itself outside, or a day of the store that is inside to its end."""
    if is_plain_date(end):
        return moment.day <= date.fromisoformat(end)
    return moment.instant < parsed_instant(end)


def parsed_hour(text):
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * 60_000


def within_hours_and_weekdays(hours, weekdays, moment):
    """Hours that wrap midnight belong, with their part after midnight, to the weekday on which they began."""
    business_day = moment.day
    if hours is not None:
        start, end = parsed_hour(hours["from"]), parsed_hour(hours["until"])
        if start < end:
            is_inside = start <= moment.time_of_day < end
        else:
            is_inside = moment.time_of_day >= start or moment.time_of_day < end
            if moment.time_of_day < end:
                business_day -= timedelta(days=1)
        if not is_inside:
            return False
    return weekdays is None or WEEKDAYS[business_day.weekday()] in weekdays


def birthday_in_year(born, year):
    """29 February is celebrated on the 28th in years that lack it."""
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return date(year, born.month, born.day)


def in_birthday_window(birthday, before, after, today):
    """From `before` days ahead of the birthday to `after` days behind it, also across New Year."""
    if birthday is None:
        return False
    born = date.fromisoformat(birthday)
    for year in (today.year - 1, today.year, today.year + 1):
        days_since = (today - birthday_in_year(born, year)).days
        if -before <= days_since <= after:
            return True
    return False
