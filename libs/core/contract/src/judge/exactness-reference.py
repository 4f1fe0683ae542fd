"""Judges records a second time, with Python's json, decimal and datetime only.

Reads one JSON object per line from standard input: {"columns": [...], "record": base64}. Writes one line per
record: "-" when it is refused, else the values in the notation of `write`. It shares no code and no method with the judge it is compared with.
"""

import base64
import binascii
import datetime
import decimal
import fractions
import json
import re
import struct
import sys

decimal.getcontext().prec = 2000
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN

DEPTH_MAX = 128


class Refused(Exception):
    pass


class Number:
    """A JSON number as it is written."""

    def __init__(self, text):
        self.text = text
        mantissa = re.split("[eE]", text)[0]
        self.is_zero = not re.search("[1-9]", mantissa)

    def exact(self):
        """The value without trailing zeros: (sign, digits, exponent)."""
        if self.is_zero:
            return 0, 0, 0
        sign, digits, exponent = decimal.Decimal(self.text).as_tuple()
        number = int("".join(map(str, digits)))
        while number % 10 == 0:
            number //= 10
            exponent += 1
        return -1 if sign else 1, number, exponent


def strict_object(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("duplicate")
    return members


def refuse_constant(_text):
    raise Refused("constant")


def parse(data):
    text = data.decode("utf-8")
    value = json.loads(
        text,
        object_pairs_hook=strict_object,
        parse_int=Number,
        parse_float=Number,
        parse_constant=refuse_constant,
    )
    check(value, 1)
    return value


def check(value, depth):
    """Refuses what json takes and a record may not hold: NUL, halves of surrogate pairs, deep nesting."""
    if isinstance(value, str):
        if "\0" in value:
            raise Refused("NUL")
        value.encode("utf-8")
    elif isinstance(value, dict):
        if depth > DEPTH_MAX:
            raise Refused("depth")
        for key, inner in value.items():
            check(key, depth)
            check(inner, depth + 1)
    elif isinstance(value, list):
        if depth > DEPTH_MAX:
            raise Refused("depth")
        for inner in value:
            check(inner, depth + 1)


def scaled(value, scale, limit):
    """value * 10^scale as an integer below 10^limit in magnitude."""
    if not isinstance(value, Number):
        raise Refused("type")
    sign, digits, exponent = value.exact()
    if digits == 0:
        return 0
    shift = exponent + scale
    if shift < 0 or shift > limit:
        raise Refused("not exact or out of range")
    result = digits * 10**shift
    if result >= 10**limit:
        raise Refused("out of range")
    return sign * result


def same(number, text):
    return decimal.Decimal(number.text) == decimal.Decimal(text)


def digits_come_back(number, value):
    """The value lies within half a unit of the last digit written, or the number is its shortest form."""
    _sign, digits, exponent = number.exact()
    if len(str(digits)) > 100:
        return False
    distance = abs(decimal.Decimal(value) - decimal.Decimal(number.text))
    return distance * 2 <= decimal.Decimal(10) ** exponent or same(number, repr(value))


def to_double(value):
    if not isinstance(value, Number):
        raise Refused("type")
    double = float(value.text)
    if double in (float("inf"), float("-inf")):
        raise Refused("out of range")
    if double == 0:
        if not value.is_zero:
            raise Refused("underflow")
        return double
    if not digits_come_back(value, double):
        raise Refused("not exact")
    return double


def float_of(bits):
    return struct.unpack(">f", struct.pack(">I", bits))[0]


def to_float(value):
    if not isinstance(value, Number):
        raise Refused("type")
    if value.is_zero:
        return -0.0 if value.text.startswith("-") else 0.0
    if abs(decimal.Decimal(value.text)) >= decimal.Decimal("3.4028235677973366e38"):
        raise Refused("out of range")
    if decimal.Decimal(value.text).adjusted() < -60:
        raise Refused("underflow")
    exact = abs(fractions.Fraction(decimal.Decimal(value.text)))
    low, high = 0, 0x7F7FFFFF
    while low < high:
        middle = (low + high + 1) // 2
        if fractions.Fraction(float_of(middle)) <= exact:
            low = middle
        else:
            high = middle - 1
    below = fractions.Fraction(float_of(low))
    nearest = low
    if below != exact and low < 0x7F7FFFFF:
        above = fractions.Fraction(float_of(low + 1))
        if above - exact < exact - below or (above - exact == exact - below and low % 2 == 1):
            nearest = low + 1
    result = float_of(nearest)
    if result == 0:
        raise Refused("underflow")
    result = -result if value.text.startswith("-") else result
    if not digits_come_back(value, result):
        raise Refused("not exact")
    return result


EPOCH = datetime.date(1970, 1, 1).toordinal()
MICROS_MIN = (datetime.date(1, 1, 1).toordinal() - EPOCH) * 86400 * 10**6
MICROS_END = (datetime.date(9999, 12, 31).toordinal() + 1 - EPOCH) * 86400 * 10**6
TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))?"
)


def to_timestamp(value, needs_zone):
    match = TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Refused("timestamp")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, zulu, sign, hours, minutes = match.groups()[6:]
    if needs_zone != (zulu is not None or sign is not None):
        raise Refused("zone")
    if hour > 23 or minute > 59 or second > 59:
        raise Refused("time of day")
    offset = 0
    if sign is not None:
        if int(hours) > 23 or int(minutes) > 59:
            raise Refused("offset")
        offset = (int(hours) * 60 + int(minutes)) * (1 if sign == "+" else -1)
    micros = fractions.Fraction(int(fraction or "0"), 10 ** len(fraction or "")) * 10**6
    if micros.denominator != 1:
        raise Refused("not exact")
    days = datetime.date(year, month, day).toordinal() - EPOCH
    total = ((days * 1440 + hour * 60 + minute - offset) * 60 + second) * 10**6 + int(micros)
    if not MICROS_MIN <= total < MICROS_END:
        raise Refused("out of range")
    return total


EPOCH_SCALE = {"epochSeconds": 6, "epochMillis": 3, "epochMicros": 0, "epochNanos": -3}


def to_date(value):
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        raise Refused("date")
    return datetime.date(int(value[:4]), int(value[5:7]), int(value[8:])).toordinal() - EPOCH


def to_binary(value):
    if not isinstance(value, str):
        raise Refused("type")
    data = base64.b64decode(value.encode("ascii"), validate=True)
    if base64.b64encode(data).decode("ascii") != value:
        raise Refused("base64")
    return data


def convert(column, value):
    """The value in the notation of the comparison."""
    if value is None:
        if column["required"]:
            raise Refused("required")
        return "null"
    kind = column["type"]["kind"]
    time = column.get("time", "iso8601")
    if kind == "string":
        if not isinstance(value, str):
            raise Refused("type")
        return "s" + value.encode("utf-8").hex()
    if kind == "boolean":
        if value is not True and value is not False:
            raise Refused("type")
        return "true" if value else "false"
    if kind == "integer":
        half = 2 ** (column["type"]["bits"] - 1)
        number = scaled(value, 0, 40)
        if not -half <= number < half:
            raise Refused("out of range")
        return str(number)
    if kind == "decimal":
        return str(scaled(value, column["type"]["scale"], column["type"]["precision"]))
    if kind == "double":
        return "d" + struct.pack(">d", to_double(value)).hex()
    if kind == "float":
        return "d" + struct.pack(">d", to_float(value)).hex()
    if kind == "date":
        return str(to_date(value))
    if kind in ("timestamp", "timestampNtz"):
        if time == "iso8601":
            return str(to_timestamp(value, kind == "timestamp"))
        micros = scaled(value, EPOCH_SCALE[time], 40)
        if not MICROS_MIN <= micros < MICROS_END:
            raise Refused("out of range")
        return str(micros)
    if kind == "binary":
        return "x" + to_binary(value).hex()
    if kind == "struct":
        if not isinstance(value, dict):
            raise Refused("type")
        return "{" + ",".join(convert(f, value.get(f["source"])) for f in column["type"]["fields"]) + "}"
    if kind == "array":
        if not isinstance(value, list):
            raise Refused("type")
        return "[" + ",".join(convert(column["type"]["element"], inner) for inner in value) + "]"
    if kind == "map":
        if not isinstance(value, dict):
            raise Refused("type")
        inner = column["type"]["value"]
        return "<" + ",".join("s" + k.encode("utf-8").hex() + "=" + convert(inner, v) for k, v in value.items()) + ">"
    raise ValueError(kind)


def judge(columns, data):
    try:
        value = parse(data)
        if not isinstance(value, dict):
            return "-"
        return ";".join(convert(column, value.get(column["source"])) for column in columns)
    except (Refused, UnicodeError, ValueError, binascii.Error, RecursionError):
        return "-"


for line in sys.stdin:
    case = json.loads(line)
    print(judge(case["columns"], base64.b64decode(case["record"])))
