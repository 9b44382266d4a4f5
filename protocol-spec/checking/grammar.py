"""Reads grammar.abnf."""
import re


class Grammar:
    """Turns the rules of grammar.abnf, none of which is recursive, into regular expressions."""

    TOKEN = re.compile(r'\s+|%s"(?P<exact>[^"]*)"|"(?P<text>[^"]*)"|%x(?P<hex>[0-9A-F]{2}(?:-[0-9A-F]{2})?)'
                       r'|<(?P<prose>[^>]*)>|(?P<times>\d+\*\d+|\d*\*\d*|\d+)|(?P<mark>[()\[\]/])'
                       r'|(?P<rule>[A-Za-z][\w-]*)')

    def __init__(self, text):
        self.rules = {}
        name = None
        for line in text.splitlines():
            line = re.sub(r'^((?:[^";<]|"[^"]*"|<[^>]*>)*);.*$', r"\1", line).rstrip()
            started = re.match(r"([A-Za-z][\w-]*)\s*=\s*(.*)", line)
            if started:
                name = started.group(1)
                self.rules[name] = started.group(2)
            elif line.strip():
                self.rules[name] += " " + line.strip()
        self.compiled = {}

    def pattern(self, name):
        if name not in self.compiled:
            if name not in self.rules:
                raise KeyError(f"no rule {name}")
            self.compiled[name] = "(?:" + self.translate(self.rules[name]) + ")"
        return self.compiled[name]

    def translate(self, text):
        out, times, at = [], "", 0

        def put(piece):
            nonlocal times
            out.append(piece + times)
            times = ""
        while at < len(text):
            token = self.TOKEN.match(text, at)
            if not token:
                raise ValueError(f"cannot read: {text[at:]}")
            at = token.end()
            if token["times"]:
                times = self.repetition(token["times"])
            elif token["mark"] in ("(", "["):
                out.append(("(?:", times or ("" if token["mark"] == "(" else "?")))
                times = ""
            elif token["mark"] in (")", "]"):
                opened = max(i for i, piece in enumerate(out) if isinstance(piece, tuple))
                body, after = "".join(out[opened + 1:]), out[opened][1]
                del out[opened:]
                out.append(f"(?:{body}){after}")
            elif token["mark"] == "/":
                out.append("|")
            elif token["hex"]:
                put("[" + "-".join("\\x" + h for h in token["hex"].split("-")) + "]")
            elif token["prose"]:
                put(r"\{[^\r\n]*\}")
            elif token["rule"]:
                put(self.pattern(token["rule"]))
            elif token["exact"] is not None or token["text"] is not None:
                literal = token["exact"] if token["exact"] is not None else token["text"]
                put("(?:" + re.escape(literal) + ")")
        return "".join(out)

    @staticmethod
    def repetition(text):
        if "*" not in text:
            return "{%s}" % text
        low, high = text.split("*")
        return "{%s,%s}" % (low or "0", high)

    def matches(self, name, text):
        return re.fullmatch(self.pattern(name), text) is not None
