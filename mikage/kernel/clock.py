"""The one clock: moments are kept in UTC, days are those of Japan (F-04)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day the office lives in."""
    return now().astimezone(TOKYO).date()


def local(moment: datetime) -> datetime:
    """The same moment as the clock on the office wall shows it."""
    return moment.astimezone(TOKYO)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of an office day, aware, in UTC. Hour 24 is the end of the day."""
    return (datetime.combine(day, time(0), TOKYO) + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Beginning (included) and end (excluded) of an office day."""
    return at(day), at(day + timedelta(days=1))
