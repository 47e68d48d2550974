"""Whole years between days; knows no listing."""

from datetime import date


def years_later(day: date, years: int) -> date:
    """Give the same day so many years later, earlier for a negative number; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
