"""A slow evaluator over the tree that pySigma parses.

It is the independent side of the differential test: it shares nothing with Tidegate but the Sigma
specification. Events are flat maps of Sigma field names to JSON values.
"""

import ipaddress
import re

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SpecialChars,
)

ABSENT = object()


class Unsupported(Exception):
    """The tree holds something that this evaluator does not judge; such rules are left out and counted."""


def evaluate(node, event, values):
    """Verdict of a parsed condition on a flat event; `values` are all scalar values, for keywords."""
    if isinstance(node, ConditionAND):
        return all(evaluate(argument, event, values) for argument in node.args)
    if isinstance(node, ConditionOR):
        return any(evaluate(argument, event, values) for argument in node.args)
    if isinstance(node, ConditionNOT):
        return not evaluate(node.args[0], event, values)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return field_matches(node.field, node.value, event)
    if isinstance(node, ConditionValueExpression):
        return any(keyword_matches(node.value, value) for value in values)
    raise Unsupported(type(node).__name__)


def field_matches(field, wanted, event):
    actual = event.get(field, ABSENT)
    if isinstance(wanted, SigmaExists):
        return (actual is not ABSENT) == bool(wanted)
    if isinstance(wanted, SigmaNull):
        # An array satisfies null as it satisfies anything else: by one of its elements.
        return actual is ABSENT or any_element(actual, lambda value: value is None)
    if isinstance(wanted, SigmaExpansion):
        return any(field_matches(field, value, event) for value in wanted.values)
    if isinstance(wanted, SigmaFieldReference):
        return reference_matches(wanted, actual, event.get(wanted.field, ABSENT))
    if actual is ABSENT:
        return False
    return any_element(actual, lambda value: scalar_matches(wanted, value))


def any_element(value, test):
    if isinstance(value, list):
        return any(any_element(element, test) for element in value)
    return test(value)


def scalar_matches(wanted, value):
    if value is None or isinstance(value, dict):
        return False
    if isinstance(wanted, SigmaCasedString):
        return pattern(wanted, True).fullmatch(text(value)) is not None
    if isinstance(wanted, SigmaString):
        return pattern(wanted, False).fullmatch(text(value).lower()) is not None
    if isinstance(wanted, SigmaBool):
        return text(value).lower() == ("true" if wanted.boolean else "false")
    if isinstance(wanted, SigmaNumber):
        return number_matches(wanted.number, value)
    if isinstance(wanted, SigmaRegularExpression):
        return expression(wanted).search(text(value)) is not None
    if isinstance(wanted, SigmaCIDRExpression):
        return in_network(wanted.cidr, text(value))
    if isinstance(wanted, SigmaCompareExpression):
        return compare(wanted, value)
    raise Unsupported(type(wanted).__name__)


def keyword_matches(wanted, value):
    if isinstance(wanted, SigmaExpansion):
        return any(keyword_matches(one, value) for one in wanted.values)
    if value is None:
        return False
    if isinstance(wanted, SigmaString):
        # A keyword is looked for anywhere in a value.
        return pattern(wanted, False).search(text(value).lower()) is not None
    if isinstance(wanted, SigmaNumber):
        return text(wanted.number) in text(value)
    if isinstance(wanted, SigmaRegularExpression):
        return expression(wanted).search(text(value)) is not None
    raise Unsupported(f"keyword {type(wanted).__name__}")


def text(value):
    """Canonical text: JSON's own for booleans, no trailing .0 for whole numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def number_matches(wanted, value):
    if isinstance(value, bool):
        return False
    return text(value) == text(wanted)


_patterns = {}


def pattern(wanted, cased):
    parts = tuple(wanted.s)
    if not all(isinstance(part, (str, SpecialChars)) for part in parts):
        raise Unsupported("placeholder")
    key = (parts, cased)
    compiled = _patterns.get(key)
    if compiled is None:
        regex = []
        for part in parts:
            if part == SpecialChars.WILDCARD_MULTI:
                regex.append(".*")
            elif part == SpecialChars.WILDCARD_SINGLE:
                regex.append(".")
            else:
                regex.append(re.escape(part if cased else part.lower()))
        compiled = re.compile("".join(regex), re.DOTALL)
        _patterns[key] = compiled
    return compiled


_expressions = {}


def expression(wanted):
    key = (str(wanted.regexp), frozenset(wanted.flags))
    compiled = _expressions.get(key)
    if compiled is None:
        flags = 0
        for flag in wanted.flags:
            flags |= {
                SigmaRegularExpressionFlag.IGNORECASE: re.IGNORECASE,
                SigmaRegularExpressionFlag.MULTILINE: re.MULTILINE,
                SigmaRegularExpressionFlag.DOTALL: re.DOTALL,
            }[flag]
        try:
            compiled = re.compile(str(wanted.regexp), flags)
        except re.error as error:
            raise Unsupported(f"regex: {error}") from error
        _expressions[key] = compiled
    return compiled


def in_network(network, value):
    try:
        address = ipaddress.ip_address(value)
        wanted = ipaddress.ip_network(network)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None and wanted.version == 4:
        address = mapped
    return address.version == wanted.version and address in wanted


def compare(wanted, value):
    if isinstance(value, bool):
        return False
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    limit = wanted.number.number
    operator = wanted.op.name
    return {
        "LT": number < limit,
        "LTE": number <= limit,
        "GT": number > limit,
        "GTE": number >= limit,
    }[operator]


def reference_matches(wanted, actual, other):
    """Any element of one field against any of the other."""
    if actual is ABSENT or other is ABSENT:
        return False
    starts = getattr(wanted, "starts_with", False)
    ends = getattr(wanted, "ends_with", False)

    def test(value, referred):
        if value is None or referred is None:
            return False
        left, right = text(value).lower(), text(referred).lower()
        if starts and ends:
            return right in left
        if starts:
            return left.startswith(right)
        if ends:
            return left.endswith(right)
        return left == right

    return any_element(actual, lambda value: any_element(other, lambda each: test(value, each)))
