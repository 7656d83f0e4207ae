"""Plans a row of dates, such as the meetings of a project."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Annotated, Optional
from zoneinfo import ZoneInfo

import floom


class Rhythm(Enum):
    EVERY_DAY = 1
    EVERY_WEEK = 7
    EVERY_TWO_WEEKS = 14
    EVERY_FOUR_WEEKS = 28


@dataclass
class Meeting:
    number: int
    starts: datetime
    ends: datetime
    weekday: str


def plan(
    first_day: date,
    meetings: Annotated[int, floom.Field(ge=1, le=200)] = 8,
    rhythm: Rhythm = Rhythm.EVERY_WEEK,
    starts_at: time = time(9, 30),
    minutes: Annotated[int, floom.Field(ge=5, le=480, step=5)] = 45,
    zone: str = "Europe/Berlin",
    leave_out: Optional[list[date]] = None,
    weekends: bool = False,
) -> dict[str, object]:
    """Lists the meetings, and makes a calendar file of them.

    Args:
        zone: Where the clock hangs, by its IANA name.
        leave_out: Holidays. What would fall on one moves to the next free day.
        weekends: Saturdays and Sundays are days like others.
    """
    place = ZoneInfo(zone)
    closed = set(leave_out or [])
    planned = []
    for index in range(meetings):
        day = first_day + timedelta(days=index * rhythm.value)
        while day in closed or (not weekends and day.weekday() >= 5):
            day += timedelta(days=1)
        closed.add(day)
        starts = datetime.combine(day, starts_at, place)
        planned.append(Meeting(index + 1, starts, starts + timedelta(minutes=minutes), f"{day:%A}"))
    return {"meetings": planned, "calendar": floom.File.from_text(_calendar(planned), "plan.ics", "text/calendar")}


def _calendar(meetings: list[Meeting]) -> str:
    """In iCalendar's form (RFC 5545), times in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//date-planner//EN"]
    for meeting in meetings:
        starts, ends = (_utc(when) for when in (meeting.starts, meeting.ends))
        lines += ["BEGIN:VEVENT", f"UID:{starts}-{meeting.number}@date-planner", f"DTSTAMP:{starts}"]
        lines += [f"DTSTART:{starts}", f"DTEND:{ends}", f"SUMMARY:Meeting {meeting.number}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _utc(when: datetime) -> str:
    return f"{when.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}"
