import fc from "fast-check";

/** Stands before functions of the grammar: what their hints name. */
export const head = `from __future__ import annotations
from typing import *
import collections, enum
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID
from pathlib import Path
from zoneinfo import ZoneInfo
from floom import Field, File, Table

class Color(enum.Enum):
    RED = "red"
    BLUE = 2
    FAR = (1, 2)

@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list)

@dataclass(frozen=True)
class Spot:
    day: date
    near: Optional[Spot] = None

class Address(TypedDict):
    street: str
    zip: NotRequired[int]

class Row(NamedTuple):
    id: int
    color: Color = Color.RED

UserId = NewType("UserId", int)
Either: TypeAlias = Union[int, str]
`;

const plain = fc.constantFrom(
  ..."str int float bool bytes bytearray None Any object date datetime time timedelta Decimal Fraction UUID".split(
    " ",
  ),
  ..."Path IPv4Address IPv6Address ZoneInfo list dict set tuple frozenset File Table".split(" "),
  ..."Color Point Spot Address Row UserId Either Unknown collections.deque".split(" "),
);

const literal = fc
  .array(
    fc.oneof(
      fc.integer().map(String),
      fc.string().map((text) => JSON.stringify(text)),
      fc.constantFrom("True", "None"),
    ),
    { minLength: 1 },
  )
  .map((values) => `Literal[${values.join(", ")}]`);

/** Hints from the subset's own grammar and a little beyond it. */
export const { hint } = fc.letrec<{ hint: string }>((tie) => ({
  hint: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plain,
    literal,
    fc
      .tuple(
        fc.constantFrom("list", "Sequence", "set", "frozenset", "Iterable", "collections.deque"),
        tie("hint"),
      )
      .map(([kind, inner]) => `${kind}[${inner}]`),
    tie("hint").map((inner) => `Optional[${inner}]`),
    tie("hint").map((inner) => (/["\\]/.test(inner) ? inner : `"${inner}"`)),
    fc
      .tuple(fc.constantFrom("dict", "Mapping", "DefaultDict"), tie("hint"), tie("hint"))
      .map(([kind, key, value]) => `${kind}[${key}, ${value}]`),
    fc.tuple(tie("hint"), tie("hint")).map(([a, b]) => `${a} | ${b}`),
    fc.tuple(tie("hint"), tie("hint")).map(([a, b]) => `Union[${a}, ${b}]`),
    fc.tuple(tie("hint"), tie("hint")).map(([a, b]) => `tuple[${a}, ${b}]`),
    tie("hint").map((inner) => `tuple[${inner}, ...]`),
    fc.tuple(tie("hint"), fc.integer()).map(([a, n]) => `Annotated[${a}, Field(ge=${n}), "said"]`),
    tie("hint").map((inner) => `Annotated[${inner}, "said"]`),
  ),
}));

const value = fc.constantFrom(
  "",
  " = None",
  " = 1",
  ' = "x"',
  " = []",
  " = {}",
  " = hex(3)",
  " = -1.5",
  " = (1, 2)",
);
const parameter = fc.tuple(fc.constantFrom("", "*, ", "/, "), hint, value);

/** The parameters of a function, as they stand between its parentheses. Not all are Python. */
export const parameters = fc
  .array(parameter, { maxLength: 5 })
  .map((all) => all.map(([mark, type, given], index) => `${mark}p${index}: ${type}${given}`).join(", "));
