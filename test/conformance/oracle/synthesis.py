"""Builds Windows records that satisfy a parsed rule, so that every rule has positives to be changed."""

import uuid

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import (
    SigmaBool,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaNull,
    SigmaNumber,
    SigmaString,
    SpecialChars,
)

import evaluator
import windows

TRIES = 12
RECORDS_PER_RULE = 6


class Impossible(Exception):
    """This branch can not be satisfied by construction."""


def fields_of(node):
    if isinstance(node, ConditionFieldEqualsValueExpression):
        yield node.field
    for argument in getattr(node, "args", []):
        if not isinstance(argument, str):
            yield from fields_of(argument)


def build(judge, chance, skipped):
    """Up to RECORDS_PER_RULE records that the evaluator itself confirms as positive."""
    place = windows.envelope(judge.logsource)
    if place is None:
        skipped["no envelope for the log source"] += 1
        return []
    records = []
    for _ in range(TRIES):
        tree = judge.conditions[chance.randrange(len(judge.conditions))]
        wishes = {}
        keywords = []
        try:
            collect(tree, wishes, keywords, chance)
            fields = {name: merge(values, chance) for name, values in wishes.items()}
        except Impossible:
            continue
        record = envelope(place, fields, keywords, judge.logsource, chance)
        try:
            if judge.verdict(record) is True:
                records.append(record)
        except evaluator.Unsupported as error:
            skipped[f"not judged: {error}"] += 1
            return []
        if len(records) >= RECORDS_PER_RULE:
            break
    if not records:
        skipped["no positive could be built"] += 1
    return records


def collect(node, wishes, keywords, chance):
    if isinstance(node, ConditionAND):
        for argument in node.args:
            collect(argument, wishes, keywords, chance)
    elif isinstance(node, ConditionOR):
        collect(node.args[chance.randrange(len(node.args))], wishes, keywords, chance)
    elif isinstance(node, ConditionNOT):
        return
    elif isinstance(node, ConditionFieldEqualsValueExpression):
        wishes.setdefault(node.field, []).append(one_of(node.value, chance))
    elif isinstance(node, ConditionValueExpression):
        keywords.append(literal(one_of(node.value, chance), chance))


def one_of(value, chance):
    while isinstance(value, SigmaExpansion):
        value = value.values[chance.randrange(len(value.values))]
    return value


def merge(values, chance):
    """One JSON value that satisfies all wishes for a field, if that is easy."""
    texts = [value for value in values if isinstance(value, SigmaString)]
    if len(texts) == len(values):
        return merge_texts(texts, chance)
    if len(values) > 1:
        raise Impossible
    return single(values[0], chance)


def single(value, chance):
    if isinstance(value, SigmaNumber):
        return chance.choice([value.number, str(value.number)])
    if isinstance(value, SigmaBool):
        return chance.choice([value.boolean, "true" if value.boolean else "False"])
    if isinstance(value, SigmaNull):
        return None
    if isinstance(value, SigmaExists):
        if not bool(value):
            raise Impossible
        return "anything"
    if isinstance(value, SigmaCIDRExpression):
        return str(value.network.network_address + (1 if value.network.num_addresses > 1 else 0))
    if isinstance(value, SigmaCompareExpression):
        step = {"LT": -1, "LTE": 0, "GT": 1, "GTE": 0}[value.op.name]
        return chance.choice([value.number.number + step, str(value.number.number + step)])
    raise Impossible


def merge_texts(texts, chance):
    exact = [text for text in texts if not is_open(text)]
    if exact:
        return literal(exact[0], chance)
    starts = [text for text in texts if text.s[0] != SpecialChars.WILDCARD_MULTI]
    ends = [text for text in texts if text.s[-1] != SpecialChars.WILDCARD_MULTI and text not in starts]
    middles = [text for text in texts if text not in starts and text not in ends]
    chance.shuffle(middles)
    return "".join(literal(text, chance) for text in [*starts[:1], *middles, *ends[:1]])


def is_open(text):
    return text.s and SpecialChars.WILDCARD_MULTI in (text.s[0], text.s[-1])


FILLERS = ["", "x", " ", "\\", "Ab9", "\n", "–", "漢", "a b", "%"]


def literal(value, chance):
    if isinstance(value, SigmaNumber):
        return str(value.number)
    if not isinstance(value, SigmaString):
        raise Impossible
    parts = []
    for part in value.s:
        if part == SpecialChars.WILDCARD_MULTI:
            parts.append(chance.choice(FILLERS))
        elif part == SpecialChars.WILDCARD_SINGLE:
            parts.append(chance.choice(["x", "7", "/"]))
        elif isinstance(part, str):
            parts.append(recase(part, chance))
        else:
            raise Impossible
    return "".join(parts)


def recase(text, chance):
    way = chance.randrange(4)
    if way == 0 and text.isascii():
        return text.upper()
    if way == 1 and text.isascii():
        return text.lower()
    return text


SYSTEM_FIELDS = {"EventID", "Channel", "Computer", "Level", "Keywords", "Task", "Version", "EventRecordID"}


def envelope(place, fields, keywords, logsource, chance):
    channel, event_id = place
    fields = dict(fields)
    system = {
        "Provider": {"#attributes": {"Name": fields.pop("Provider_Name", "Provider")}},
        "EventID": fields.pop("EventID", event_id),
        "EventRecordID": chance.randrange(1, 1 << 30),
        "TimeCreated": {"#attributes": {"SystemTime": "2026-03-09T10:00:00.000000Z"}},
        "Channel": fields.pop("Channel", channel),
        "Computer": fields.pop("Computer", "host-1"),
    }
    for name in SYSTEM_FIELDS:
        if name in fields:
            system[name] = fields.pop(name)
    if "EventType" in fields and isinstance(fields["EventType"], str):
        # A sensor writes it in one way only, and it decides the log source.
        names = {name.lower(): name for name in ("CreateKey", "DeleteKey", "DeleteValue", "SetValue", "RenameKey")}
        fields["EventType"] = names.get(fields["EventType"].lower(), fields["EventType"])
    if channel == windows.SYSMON:
        fields.setdefault("UtcTime", "2026-03-09 10:00:00.000")
        fields.setdefault("ProcessGuid", "{" + str(uuid.UUID(int=chance.getrandbits(128))) + "}")
        if logsource.category == "registry_add":
            fields.setdefault("EventType", "CreateKey")
        if logsource.category == "registry_delete":
            fields.setdefault("EventType", "DeleteKey")
    for index, keyword in enumerate(keywords):
        fields[f"Text{index}"] = f"before {keyword} after"
    return {"Event": {"System": system, "EventData": fields}}
