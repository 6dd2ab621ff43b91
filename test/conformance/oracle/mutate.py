"""One change to one field of a record: the neighbourhood in which engines disagree."""

import copy


def once(record, fields, chance):
    """A pair (kind, changed copy), or None when the chosen field is not in the record."""
    name = fields[chance.randrange(len(fields))] if fields else None
    block = block_with(record, name)
    if block is None:
        block = data_block(record)
        names = [key for key in block if not key.startswith("#") and key not in ROUTING]
        if not names:
            return None
        name = names[chance.randrange(len(names))]
    kinds = list(KINDS)
    kind = kinds[chance.randrange(len(kinds))]
    value = block[name]
    if isinstance(value, dict):
        return None
    changed = KINDS[kind](value, chance)
    if changed is UNCHANGED:
        return None
    result = copy.deepcopy(record)
    target = block_with(result, name)
    if target is None:
        target = data_block(result)
    if changed is REMOVED:
        del target[name]
    else:
        target[name] = changed
    return kind, result


def data_block(record):
    if isinstance(record.get("Event"), dict):
        return record["Event"].setdefault("EventData", {}) or {}
    if isinstance(record.get("event_data"), dict):
        return record["event_data"]
    if isinstance(record.get("winlog"), dict):
        return record["winlog"].setdefault("event_data", {})
    return record


def block_with(record, name):
    """The object that holds this Sigma field under its own name; routing fields are left alone."""
    if name is None or name in ROUTING:
        return None
    block = data_block(record)
    return block if isinstance(block, dict) and name in block else None


# What decides whose event it is and when: decoders rightly refuse or reroute a record without them, and both
# sides would judge something else.
ROUTING = {
    "Channel", "EventID", "Computer", "Hostname", "HostName", "host", "EventType", "Message", "SourceName",
    "UtcTime", "EventTime", "TimeCreated", "@timestamp", "EventReceivedTime", "RecordNumber",
    "log_name", "event_id", "event_data", "computer_name", "source_name", "record_number", "winlog", "Event", "TimeGenerated",
}

UNCHANGED = object()
REMOVED = object()


def flip_one(value, chance):
    if not isinstance(value, str) or not value:
        return UNCHANGED
    at = chance.randrange(len(value))
    return value[:at] + value[at].swapcase() + value[at + 1 :]


def on_text(change):
    return lambda value, chance: change(value, chance) if isinstance(value, str) else UNCHANGED


def cut(value, chance):
    if not value:
        return UNCHANGED
    at = chance.randrange(len(value))
    return value[:at] + value[at + 1 :]


def insert(value, chance):
    at = chance.randrange(len(value) + 1)
    return value[:at] + chance.choice(INSERTED) + value[at:]


def swap_type(value, chance):
    if isinstance(value, bool):
        return "true" if value else "False"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        lowered = value.lower()
        if lowered in ("true", "false"):
            return lowered == "true"
        if value.isascii() and value.isdigit() and (value == "0" or value[0] != "0") and len(value) < 15:
            return int(value)
    return UNCHANGED


INSERTED = [" ", "\n", "\t", "*", "?", "\\", "/", "-", "–", "—", '"', "'", "a", "Z", "0", "é", "ß", "漢"]

KINDS = {
    "removed": lambda value, chance: REMOVED,
    "null": lambda value, chance: None,
    "empty": lambda value, chance: "",
    "upper case": on_text(lambda value, chance: value.upper() if value.isascii() else value),
    "lower case": on_text(lambda value, chance: value.lower() if value.isascii() else value),
    "one case": flip_one,
    "in an array": lambda value, chance: [value],
    "array with another": lambda value, chance: ["other", value] if chance.random() < 0.5 else [value, 7],
    "nested array": lambda value, chance: [[value], []],
    "empty array": lambda value, chance: [],
    "type swapped": swap_type,
    "boolean": lambda value, chance: chance.random() < 0.5,
    "number": lambda value, chance: chance.choice([0, 1, -1, 4104, 3.5, 5.0]),
    "cut": on_text(cut),
    "inserted": on_text(insert),
    "appended": on_text(lambda value, chance: value + chance.choice(INSERTED)),
    "prepended": on_text(lambda value, chance: chance.choice(INSERTED) + value),
    "doubled": on_text(lambda value, chance: value + value),
}
