"""Whether both sides answer a request alike: as `explain` tells it, and as two nginx do that run."""

import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What nobody sees of an answer, or what only directives say.
UNSEEN = {"text", "certificate", "mirror"}
SECONDS = 60


def host_of(random, label, known):
    """A host that a verdict is about; none where no name can be made of it."""
    if label == "any other host":
        return random.choice(["a.example", "other.invalid", "x"])
    if label.startswith("hosts like "):
        return label.removeprefix("hosts like ")
    if not label.startswith("*"):
        return label if re.fullmatch(r"[a-z0-9._-]+", label) else None
    name = random.choice(["any", "x-1", "b.c"]) + label[1:]
    # A longer wildcard has a verdict of its own.
    longer = [other for other in known if other.startswith("*") and len(other) > len(label) and name.endswith(other[1:])]
    return None if name in known or longer else name


def sendable(request):
    """The request of a proof as `explain` reads it."""
    return {key: value for key, value in request.items() if key != "body" or value is not None}


def can_be_seen(difference, answers=()):
    """Whether `explain` tells what differs; what is secret is not shown in a request, nor who gets a share in other words."""
    return not any(told.get("canary") for told in answers) and not UNSEEN.issuperset(aspect["what"] for aspect in difference["aspects"]) and "<hidden>" not in str(difference)


def whom(backend, is_across):
    if is_across:
        return ",".join(sorted(set(backend["endpoints"]))) if backend["endpoints_known"] else "?"
    return f"{backend['namespace']}/{backend['service']}:{backend['port']} {backend['upstream']}"


def ends(told, is_across):
    """All that can become of a request, in words that are the same where the same is seen."""
    found = set()
    for way in [told, *told["branches"]]:
        # Whether anybody answers is not asked, nor whether there is what manifests name and do not hold.
        if any(when.endswith(("has no endpoint", "is not in the cluster either")) for when in way["when"]):
            continue
        if not way["backend"]:
            found.add(f"{way['status']} {way['redirect']}")
            continue
        sees, backend = way["sees"], way["backend"]
        headers = sorted((name.lower(), str(value)) for name, value in (sees.get("headers") or {}).items())
        shares = [share for share in way.get("canary") or [] if share["probability"] < 1]
        told_of = f"{backend['protocol']} {sees['method']} {sees['uri']} {sees['host']} {headers} {sees.get('removed')}"
        if is_across:
            # A share is a way of its own there.
            found.add(f"to {told_of}")
        else:
            canary = sorted(f"{share['service']} {share['probability']:.5f}" for share in shares)
            found.add(f"to {whom(backend, False)} {told_of} {canary}")
    return found


def detail(check):
    """What a check says, without the name of a counter: that of an Ingress by another name counts as the one before."""
    return re.sub(r"(\blimit_(?:req|conn)\s+(?:zone=)?)\S+", r"\1ZONE", check["detail"] or "")


def checks(told, is_across, with_passed=False):
    found = [check for check in told["checks"] if with_passed or check["result"] != "pass"]
    return sorted({(check["kind"], check["result"], None if is_across else detail(check)) for check in found}, key=str)


def whoms(told):
    """Who may get it, by addresses; none where some are not known."""
    found = set()
    for way in [told, *told["branches"]]:
        if way["backend"]:
            found.add(whom(way["backend"], True))
    if any(share["probability"] < 1 for share in told.get("canary") or []):
        return None
    return None if "?" in found else found


def unlike(base, head, is_across, with_passed=False):
    """What is unlike of two answers; nothing where both are the same. `with_passed`: what is asked and let through counts."""
    one, other = ends(base, is_across), ends(head, is_across)
    if one != other:
        return f"base only: {sorted(one - other)[:3]}\n    head only: {sorted(other - one)[:3]}"
    one, other = checks(base, is_across, with_passed), checks(head, is_across, with_passed)
    if one != other:
        return f"checks: {one} and {other}"
    if is_across:
        one, other = whoms(base), whoms(head)
        if one is not None and other is not None and one != other:
            return f"backends: {one} and {other}"
    return None


def is_network_own():
    """Whether a network can be made without any other program."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0


def running(folders, requests, witnesses, folder):
    """Asks two nginx, in a process with a network of its own; how many requests, and what they answer otherwise."""
    asked = folder / "running.jsonl"
    lines = [{"host": host["host"], "is_equal": True, "request": request} for host, request in requests]
    lines += [{"host": host["host"], "is_equal": False, "request": difference["request"], "aspects": difference["aspects"]} for host, difference in witnesses if can_be_seen(difference)]
    asked.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = subprocess.run([sys.executable, str(HERE / "running.py"), *map(str, folders), str(asked)], capture_output=True, text=True, timeout=SECONDS * 3, errors="replace")
    try:
        told = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return 0, [f"the two nginx: {done.stdout[-200:]} {done.stderr[-500:]}"]
    return told["asked"], told["found"]
