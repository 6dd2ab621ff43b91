"""Windows records as flat maps of Sigma field names, and the log sources that they belong to.

Written from the Sigma taxonomy and the formats' documentation, apart from Tidegate's decoders.
"""

import re

SYSMON = "Microsoft-Windows-Sysmon/Operational"
POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
CLASSIC = "Windows PowerShell"

# Category -> (channel, event ids), after the Sigma taxonomy's appendix.
CATEGORIES = {
    "process_creation": [(SYSMON, {1}), ("Security", {4688})],
    "file_change": [(SYSMON, {2})],
    "network_connection": [(SYSMON, {3})],
    "sysmon_status": [(SYSMON, {4, 16})],
    "process_termination": [(SYSMON, {5})],
    "driver_load": [(SYSMON, {6})],
    "image_load": [(SYSMON, {7})],
    "create_remote_thread": [(SYSMON, {8})],
    "raw_access_thread": [(SYSMON, {9})],
    "process_access": [(SYSMON, {10})],
    "file_event": [(SYSMON, {11})],
    "registry_event": [(SYSMON, {12, 13, 14})],
    "registry_add": [(SYSMON, {12})],
    "registry_delete": [(SYSMON, {12})],
    "registry_set": [(SYSMON, {13})],
    "registry_rename": [(SYSMON, {14})],
    "create_stream_hash": [(SYSMON, {15})],
    "pipe_created": [(SYSMON, {17, 18})],
    "wmi_event": [(SYSMON, {19, 20, 21})],
    "dns_query": [(SYSMON, {22})],
    "file_delete": [(SYSMON, {23})],
    "clipboard_capture": [(SYSMON, {24})],
    "process_tampering": [(SYSMON, {25})],
    "file_delete_detected": [(SYSMON, {26})],
    "file_block_executable": [(SYSMON, {27})],
    "file_block_shredding": [(SYSMON, {28})],
    "file_executable_detected": [(SYSMON, {29})],
    "sysmon_error": [(SYSMON, {255})],
    "ps_module": [(POWERSHELL, {4103})],
    "ps_script": [(POWERSHELL, {4104})],
    "ps_classic_start": [(CLASSIC, {400})],
    "ps_classic_provider_start": [(CLASSIC, {600})],
    "ps_classic_script": [(CLASSIC, {800})],
}

# Services whose channel is beyond doubt; rules of other services are left to other tests.
SERVICES = {
    "sysmon": {SYSMON},
    "security": {"Security"},
    "system": {"System"},
    "application": {"Application"},
    "powershell": {POWERSHELL, "PowerShellCore/Operational"},
    "powershell-classic": {CLASSIC},
    "taskscheduler": {"Microsoft-Windows-TaskScheduler/Operational"},
    "wmi": {"Microsoft-Windows-WMI-Activity/Operational"},
    "windefend": {"Microsoft-Windows-Windows Defender/Operational"},
    "bits-client": {"Microsoft-Windows-Bits-Client/Operational"},
    "dns-client": {"Microsoft-Windows-DNS Client Events/Operational"},
    "ntlm": {"Microsoft-Windows-NTLM/Operational"},
    "codeintegrity-operational": {"Microsoft-Windows-CodeIntegrity/Operational"},
    "firewall-as": {"Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
    "msexchange-management": {"MSExchange Management"},
    "printservice-admin": {"Microsoft-Windows-PrintService/Admin"},
    "printservice-operational": {"Microsoft-Windows-PrintService/Operational"},
}

REGISTRY_EVENT_TYPES = {"registry_add": {"createkey"}, "registry_delete": {"deletekey", "deletevalue"}}


def flatten(record):
    """Sigma fields of a Windows record in any of its JSON forms, or None for anything else."""
    if isinstance(record.get("Event"), dict):
        return aliases(from_evtx(record["Event"]))
    if isinstance(record.get("winlog"), dict):
        return aliases(from_winlog(record["winlog"]))
    if isinstance(record.get("event_data"), dict) and "log_name" in record:
        return aliases(from_winlogbeat6(record))
    if "EventID" in record and "Channel" in record:
        return aliases(from_flat(record))
    return None


def from_evtx(event):
    system = event.get("System") or {}
    fields = {}
    for name, value in system.items():
        if isinstance(value, dict):
            for attribute, inner in (value.get("#attributes") or {}).items():
                fields[f"{name}_{attribute}"] = inner
            if "#text" in value:
                fields[name] = value["#text"]
        elif value is not None:
            fields[name] = value
    data = event.get("EventData") or {}
    user_data = event.get("UserData") or {}
    for block in [data, *[inner for inner in user_data.values() if isinstance(inner, dict)]]:
        for name, value in block.items():
            if name == "#attributes":
                continue
            # Several unnamed Data elements arrive as one object that holds their texts.
            is_texts = isinstance(value, dict) and "#text" in value
            fields[name.replace(" ", "")] = value["#text"] if is_texts else value
    return fields


def from_winlog(winlog):
    fields = {name.replace(" ", ""): value for name, value in (winlog.get("event_data") or {}).items()}
    fields |= {
        "EventID": winlog.get("event_id"),
        "Channel": winlog.get("channel"),
        "Computer": winlog.get("computer_name"),
        "Provider_Name": winlog.get("provider_name"),
    }
    return fields


def from_winlogbeat6(record):
    fields = {name.replace(" ", ""): value for name, value in record["event_data"].items()}
    fields |= {
        "EventID": record.get("event_id"),
        "Channel": record.get("log_name"),
        "Computer": record.get("computer_name"),
        "Provider_Name": record.get("source_name"),
    }
    return fields


def from_flat(record):
    fields = {name.replace(" ", ""): value for name, value in record.items()}
    fields["Computer"] = record.get("Hostname", record.get("Computer"))
    if "SourceName" in record:
        fields["Provider_Name"] = record["SourceName"]
    # NXLog writes its own EventType over Sysmon's; the rendered message still has it.
    if fields.get("Channel") == SYSMON and number(fields.get("EventID")) in (12, 13, 14):
        found = re.search(r"^EventType: (\w+)", str(record.get("Message", "")), re.MULTILINE)
        if found:
            fields["EventType"] = found.group(1)
    return fields


def aliases(fields):
    if fields.get("Channel") == "Security" and number(fields.get("EventID")) == 4688:
        for alias, name in [("Image", "NewProcessName"), ("ParentImage", "ParentProcessName")]:
            if alias not in fields and name in fields:
                fields[alias] = fields[name]
    return fields


def number(value):
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def fits(logsource, fields):
    """True if a rule with this log source may judge the event; None when this table can not tell."""
    if logsource.product not in (None, "windows"):
        return False
    channel, event_id = fields.get("Channel"), number(fields.get("EventID"))
    if not isinstance(channel, str):
        return None
    if logsource.category is not None:
        known = CATEGORIES.get(logsource.category)
        if known is None:
            return None
        if not any(channel == name and event_id in ids for name, ids in known):
            return False
        wanted = REGISTRY_EVENT_TYPES.get(logsource.category)
        if wanted is not None and str(fields.get("EventType", "")).lower() not in wanted:
            return False
    if logsource.service is not None:
        channels = SERVICES.get(logsource.service)
        if channels is None:
            return None
        return channel in channels
    return True


def values(record):
    """Every scalar value of the raw record, nested ones too."""
    pending = [record]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        else:
            yield value


def envelope(logsource):
    """Channel and event id of an event that a rule with this log source may judge, or None."""
    if logsource.category is not None:
        known = CATEGORIES.get(logsource.category)
        if known is None or logsource.service is not None:
            return None
        channel, ids = known[0]
        return channel, min(ids)
    if logsource.service is not None:
        channels = SERVICES.get(logsource.service)
        return None if channels is None else (sorted(channels)[0], 1)
    return None
