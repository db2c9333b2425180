"""The roster: which departments are asked, and whom in them."""

from cosyn.roster._departments import read_departments, read_roster
from cosyn.roster._people import is_people, read_people
from cosyn.roster._types import CODE, MOST_INVITED, Department, Listed, Person

__all__ = [
    "CODE",
    "MOST_INVITED",
    "Department",
    "Listed",
    "Person",
    "is_people",
    "read_departments",
    "read_people",
    "read_roster",
]
