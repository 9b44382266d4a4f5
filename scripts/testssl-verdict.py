"""Judges what testssl.sh found: `testssl-verdict.py FILE.json ...`. Ends with 1 when something is ours to mend.

Every finding of severity LOW or worse counts, but for those below, which are as they are for a reason.
"""
import json
import pathlib
import sys

FAILING = ["LOW", "MEDIUM", "HIGH", "CRITICAL"]

# Beginning of a finding's id -> why it is no fault here.
EXPLAINED = {
    "cert_revocation": "the authority is the gateway's own: who is revoked is asked of the gateway, and of nobody else",
    "DNS_CAArecord": "a gateway in a store has no public name, and no public authority issues for it",
}


def judge(path):
    """Prints one port's findings; returns how many are to be mended."""
    findings = json.loads(path.read_text(encoding="utf-8"))
    counts = {}
    to_mend = 0
    print(f"{path.stem}:")
    for finding in findings:
        severity = finding["severity"]
        counts[severity] = counts.get(severity, 0) + 1
        if severity not in FAILING + ["WARN", "FATAL"]:
            continue
        reason = next((text for beginning, text in EXPLAINED.items() if finding["id"].startswith(beginning)), None)
        if reason is None and severity != "WARN":
            to_mend += 1
        print(f"  {severity:8} {finding['id']}: {finding['finding']}"
              + (f"\n           as it should be: {reason}" if reason else ""))
    print("  " + ", ".join(f"{count} {severity}" for severity, count in sorted(counts.items())))
    if len(findings) < 50:
        print("  too few findings: testssl.sh did not get through")
        to_mend += 1
    return to_mend


def main():
    total = sum(judge(pathlib.Path(path)) for path in sys.argv[1:])
    print(f"{total} to mend")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
