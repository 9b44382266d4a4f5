#!/usr/bin/env python3
"""Inputs and words for fuzzing, made from protocol-spec and the example programmes.

    fuzz-seeds.py inputs TARGET FOLDER    writes one file per input, named after its content
    fuzz-seeds.py words TARGET            writes a dictionary for libFuzzer
"""
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEC = ROOT / "protocol-spec"
PLACEHOLDERS = {
    "<text>": "text", "<instant>": "2026-11-22T09:30:00Z", "<now>": "2026-11-22T09:30:00Z", "<integer>": 7,
    "<any>": [], "<id>": "h-1",
}
CANDIDATES = ["K-1", "c-1", "S1/T01/1/1", "2026-11-22T09:30:00.125Z", "2026-11-22", "17", "1:3", "RUB", "0" * 64,
              "PING", "points", "+79161234567", "2200000000000042"]


# What a transcript and a schema say

def filled(value):
    if isinstance(value, dict):
        return {name: filled(member) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(element) for element in value]
    if isinstance(value, str) and value.startswith("<"):
        return PLACEHOLDERS.get(value, "c-1")
    return value


def transcript_lines(side):
    """The lines that one side sends, placeholders filled in, by transcript."""
    for path in sorted((SPEC / "transcripts").glob("*.txt")):
        lines = []
        for line in path.read_text().splitlines():
            match = re.match(r"(?:([A-Z]) )?" + side + r": (.*)", line)
            if not match:
                continue
            head, brace, body = match[2].partition("{")
            try:
                body = compact(filled(json.loads(brace + body)))
            except ValueError:
                body = brace + body
            lines.append((match[1] or "A", head + body))
        yield path.stem, lines


def schema(reference, base):
    name, _, pointer = reference.partition("#")
    document = json.loads((SPEC / "schemas" / name).read_text()) if name else base
    node = document
    for part in pointer.strip("/").split("/"):
        node = node[part] if part else node
    return node, document


def example(node, base, whole, depth=0):
    """A value that a schema allows: with every member, or with those only that it must have."""
    if "$ref" in node:
        node, base = schema(node["$ref"], base)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return node["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in node and "properties" not in node:
            return example(node[choice][0], base, whole, depth)
    kind = node.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        members = dict(node.get("properties", {}))
        required = set(node.get("required", []))
        for part in node.get("allOf", []):
            inner = part
            if "$ref" in inner:
                inner, _ = schema(inner["$ref"], base)
            members.update(inner.get("properties", {}))
            required |= set(inner.get("required", []))
        return {name: example(member, base, whole, depth + 1) for name, member in members.items()
                if (whole and depth < 6) or name in required}
    if kind == "array":
        return [example(node.get("items", {"type": "integer"}), base, whole, depth + 1)]
    if kind in ("integer", "number"):
        return max(node.get("minimum", 1), 1)
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    if "pattern" in node:
        return next((text for text in CANDIDATES if re.match(node["pattern"], text)), "A")
    return "1234567890123456"[:max(node.get("minLength", 5), 1)]


def schema_examples(ending):
    """Messages of every schema of that kind: name and value."""
    for path in sorted((SPEC / "schemas").glob(f"*.{ending}.json")):
        document = json.loads(path.read_text())
        for whole in (False, True):
            yield path.name.split(".")[0], example(document, document, whole)


def compact(value):
    """JSON without blanks; what is no text in UTF-8, half a surrogate pair, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, separators=(",", ":"))
    return text


def chosen(choices, text):
    """An input whose first bytes choose something."""
    return bytes(choices) + text.encode()


# Inputs by target

def framing():
    for _, lines in transcript_lines("[CS]"):
        for ending in ("\n", "\r\n"):
            yield chosen([0x20, 0x9F], ending.join(line[:90] for _, line in lines[:6]) + ending)


def json_texts():
    yield from (compact(value) for _, value in schema_examples("request"))
    yield '["\\ud83d\\ude00","\u044f",-0.5e+10,18446744073709551615,true,false,null,[[[[[[]]]]]],{"":{"":{}}}]'
    yield '{"a":1,"\\u0061":2,"b":3,"c":4,"d":5,"e":6,"f":7,"g":8,"h":9,"i":1,"j":2,"k":3,"l":4,"m":5,"n":6}'
    yield ' { "a" : [ 1 , 2.50 , "\\"\\\\\\/\\b\\f\\n\\r\\t" ] } '


def requests():
    yield from ("%s q %s" % (name.upper(), compact(value)) for name, value in schema_examples("request"))
    yield from (line for _, lines in transcript_lines("C") for _, line in lines)


def answers():
    yield from ("OK q " + compact(value) for _, value in schema_examples("reply"))
    for path in sorted((SPEC / "schemas").glob("event.*.json")):
        document = json.loads(path.read_text())
        for whole in (False, True):
            yield "EVENT 1 %s %s" % (path.name[6:-5], compact(example(document, document, whole)))
    for path in sorted((SPEC / "schemas").glob("error.*.json")):
        document = json.loads(path.read_text())
        yield "ERR q %s %s" % (path.name[6:-5], compact(example(document, document, True)))
    yield from (line for _, lines in transcript_lines("S") for _, line in lines)


def sessions():
    roles = {"register": 0, "app": 1, "website": 2, "operator": 3}
    for path, (_, lines) in zip(sorted((SPEC / "transcripts").glob("*.txt")), transcript_lines("C")):
        who = dict(re.findall(r"@ connect ([A-Z]) ([a-z]+)", path.read_text()))
        for letter in sorted({letter for letter, _ in lines}):
            own = [line for other, line in lines if other == letter]
            role = roles.get(who.get(letter, "register"), 0)
            yield chosen([16 + role, 0x40, 0xFF], "\n".join(own)[:3900] + "\n")
    allowed = {verb["verb"]: verb["roles"] for verb in json.loads((SPEC / "verbs.json").read_text())["verbs"]}
    for name, value in schema_examples("request"):
        role = roles.get(next(iter(allowed.get(name.upper(), [])), ""), 0)
        yield chosen([role, 5, 9], "%s q %s\n" % (name.upper(), compact(value)))


ORDER = ('{"store":"S1","lines":[{"sku":"KETTLE","name":"Kettle","quantity":2,"price":150000,"amount":300000}],'
         '"total":300000,"prepaid":false}')
WEB = [
    ("PUT /v1/orders/1001", ["Content-Type: application/json"], ORDER),
    ("PUT /v1/orders/1002", ["Content-Type: application/json", "Idempotency-Key: \"k-1\""], ORDER),
    ("PATCH /v1/orders/1001", ["Content-Type: application/json", "If-Match: \"1\""],
     '{"lines":[{"sku":"KETTLE","name":"Kettle","quantity":1,"price":150000,"amount":150000}],"total":150000}'),
    ("POST /v1/orders/1001/cancel", ["Content-Type: application/json", "Idempotency-Key: k-2"],
     '{"reason":"changed my mind","based_on":2}'),
    ("GET /v1/orders?state=new&state=ready&limit=5&after=3", ["Accept: application/json;q=0.5, */*"], ""),
    ("GET /v1/orders/1001", ["If-None-Match: W/\"1\", \"2\""], ""),
    ("GET /v1/orders/changes?after=f0&limit=50", [], ""),
    ("GET /v1/stock/KETTLE%20A?store=S1&store=S2", [], ""),
    ("GET /v1/health", [], ""),
    ("OPTIONS /v1/orders/1001", [], ""),
]


def web():
    for line, fields, body in WEB:
        yield "\n".join([line] + fields + ([body] if body else []))


def http_requests():
    texts = []
    for line, fields, body in WEB:
        length = [f"Content-Length: {len(body)}"] if body else []
        texts.append("\r\n".join([line + " HTTP/1.1", "Host: store.example:8443"] + fields + length) + "\r\n\r\n" + body)
    yield from (chosen([0x11, 0x22], text) for text in texts)
    yield chosen([0x30, 0x90], texts[4] + texts[0])
    yield chosen([0x10, 0x10], "POST / HTTP/1.1\r\nHost: [::1]\r\nExpect: 100-continue\r\nConnection: close\r\n"
                 "Content-Length: 2\r\n\r\n{}")
    yield chosen([0x10, 0x10], "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def http_responses():
    yield chosen([16, 32], "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    yield chosen([16, 32], "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    yield chosen([5, 112], "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 10\r\n\r\n0123456789")


def imports():
    tables = {
        0: ("sku,name,price,min_price,tax_rate,barcodes,category,brand,tags,unit,marking_required,related,priority",
            ['KETTLE,"Kettle, 1.7 l",150000,100000,2000,4601234567893|12345670,home/kitchen,Steam,new|red,pcs,'
             'false,MUG|CUP,true'],
            {"sku": "KETTLE", "name": "Kettle", "price": 150000, "barcodes": ["4601234567893"]}),
        1: ("store,sku,quantity,as_of", ["S1,KETTLE,2.5,2026-11-22T09:30:00Z", "S1,MUG,-3,2026-11-22T09:30:00Z"],
            {"store": "S1", "sku": "KETTLE", "quantity": 2.5, "as_of": "2026-11-22T09:30:00Z"}),
        2: ("name,card,phone,email,external,birthday,segment,points,turnover",
            ['"Anna ""A""",2200000000000042,+79161234567,anna@example.org,K-1,1990-02-28,premium,100,500000'],
            {"name": "Anna", "card": "2200000000000042", "consents": ["mail"], "points": 5}),
    }
    for kind, (heading, rows, value) in tables.items():
        yield chosen([kind, 33, 66], "\n".join([heading] + rows) + "\n")
        yield chosen([kind, 33, 66], "\ufeff" + "\r\n".join([heading] + rows))
        yield chosen([4 + kind, 33, 66], compact(value) + "\n\n" + compact(value))
    for name, value in schema_examples("request"):
        if name.startswith("import_"):
            kind = ["import_catalogue", "import_stock", "import_customers"].index(name)
            rows = next(member for member in value.values() if isinstance(member, list))
            yield chosen([4 + kind, 33, 66], "\n".join(map(compact, rows)))


def programmes():
    for path in sorted((ROOT / "programmes" / "examples").glob("*.yaml")):
        text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
        yield text
        head, found, promotions = text.partition("promotions:\n")
        for promotion in re.split(r"(?m)^(?=  - )", promotions) if found else []:
            yield head[:1500] + found + promotion
    yield ('{"id":"default","version":1,"currency":"RUB","point_value":100,"max_redeem":3000,'
           '"tiers":[{"name":"base","threshold":0,"earn_rate":300}],"promotions":[{"id":"p","priority":1,'
           '"when":{"weekdays":["mon"],"hours":{"from":"21:00","until":"06:00"}},'
           '"products":{"skus":["A"]},"effect":{"percent_off":1500}}]}')
    yield ("id: default\nversion: 1\ncurrency: RUB\npoint_value: 100\nmax_redeem: 3000\ntiers: &t\n"
           "  - {name: base, threshold: 0, earn_rate: 300}\nlots: *t\n")


CHANGES = [
    ("customer", {"external": "K-1", "name": "Anna", "full": True, "birthday": None, "consents": ["mail"],
                  "identifiers": [{"kind": "card", "value": "7000001234"}],
                  "opening": {"points": 5, "turnover": 100, "as_of": "2026-11-22T09:30:00Z"}}),
    ("customer.merged", {"from": "K-1", "into": "K-2"}),
    ("points", {"customer": "K-1", "points": -5, "reason": "a mistake", "receipt": "S1/T01/1/1",
                "active_from": "2026-11-22T09:30:00Z", "expires_at": "2026-12-22T09:30:00Z"}),
    ("rating", {"customer": "K-1", "value": 5, "at": "2026-11-22T09:30:00Z", "text": "good", "store": "S1"}),
    ("product", {"sku": "A", "name": "A", "price": 100, "barcodes": ["12345670"]}),
    ("product.withdrawn", {"sku": "A"}),
    ("price", {"sku": "A", "price": 90, "from": "2026-11-22T09:30:00Z"}),
    ("stock", {"store": "S1", "sku": "A", "quantity": 2.5, "as_of": "2026-11-22T09:30:00Z"}),
    ("programmes", {"programmes": [{"id": "default", "version": 1}]}),
    ("promotion", {"programme": "default", "promotion": {"id": "p", "effect": {"percent_off": 1500}}}),
    ("promotion.withdrawn", {"programme": "default", "id": "p"}),
]


def feed():
    made = [{"id": str(place), "type": kind, "at": "2026-11-22T09:30:00Z", "body": body}
            for place, (kind, body) in enumerate(CHANGES)]
    for change in made:
        yield chosen([0], compact({"changes": [change], "cursor": "4712", "more": False}))
    yield chosen([1], compact({"changes": made[4:7], "next": "2"}))
    yield chosen([1], compact({"changes": made[:2], "cursor": "9", "complete": ["product"]}))


def upstream():
    results = [{"id": "e-1", "status": "stored"}, {"id": "e-2", "status": "refused", "reason": "no"},
               {"id": "e-3", "status": "later"}, {"id": "e-1", "status": "duplicate"}]
    yield chosen([0], compact({"results": results}))
    yield chosen([0], compact({"results": results[:1]}))
    for status in range(12):
        yield chosen([status], compact({"message": "busy", "detail": "later", "error": "x"}))


def signatures():
    code = "a" * 64
    yield f"WEB1/1001/3\n1795339800\nt=1795339800,v1={code}\n" + ORDER
    yield "WEB1/1001/3\n1795339800\n=\n" + ORDER
    yield f"WEB1/1001/3\n1795339000\nt=1795339000,v1={code},v1={code}\n{{}}"
    yield "WEB1/1001/3\n1795330000\n=\n{}"
    yield "WEB1/1001/3\n-9223372036854775808\n=\n{}"


def texts():
    yield from ["2.474", "-0.05", "2026-11-22T09:30:00Z", "2026-11-22t12:30:00.5+03:00", "2024-02-29", "c-12",
                "S1/T03/12/536365", "8 (916) 123-45-67", "+4930123456", "Anna@Example.org", ";2200000000000042=2612?",
                "%B2200000000000042^ANNA^?", "1:200,7,A-3", "4601234567893", "12345670", "036000291452", "01234565",
                "2012345001507", "0104601234567893215abc\u001d93xyz", "20:5:weight", "9223372036854775807"]


TARGETS = {
    "framing": framing, "json": json_texts, "requests": requests, "answers": answers, "session": sessions, "web": web,
    "http-requests": http_requests, "http-responses": http_responses, "imports": imports, "programmes": programmes,
    "feed": feed, "upstream": upstream, "signatures": signatures, "texts": texts,
}


# Words

def member_names(value):
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ("properties", "$defs") and isinstance(member, dict):
                yield from member
            yield from member_names(member)
        yield from (word for word in value.get("enum", []) if isinstance(word, str))
    elif isinstance(value, list):
        for element in value:
            yield from member_names(element)


def words(target):
    protocol = [json.loads(path.read_text()) for path in sorted((SPEC / "schemas").glob("*.json"))]
    if target in ("framing", "requests", "session"):
        yield from (verb["verb"] + " t " for verb in json.loads((SPEC / "verbs.json").read_text())["verbs"])
    if target in ("framing", "answers"):
        yield from ["OK t ", "ERR t ", "EVENT 1 "]
        yield from (error["code"] for error in json.loads((SPEC / "errors.json").read_text())["errors"])
    if target in ("json", "requests", "answers", "session", "web"):
        yield from ('"%s":' % name for name in sorted({name for document in protocol for name in member_names(document)}))
    if target == "programmes":
        schemas = [json.loads((ROOT / "programmes" / "programme.schema.json").read_text())]
        yield from (name + ": " for name in sorted({name for document in schemas for name in member_names(document)}))
        yield from ["<<: *a", "&a ", "*a", "!!str ", "!!int ", "0x1F", "0o17", ".inf", "~", "--- ", "? ", "|\n", ">-\n"]
    if target == "feed":
        yield from ('"%s"' % kind for kind, _ in CHANGES)
        yield from ('"%s":' % name for name in sorted({name for _, body in CHANGES for name in body}))
    if target == "upstream":
        yield from ['"results":', '"id":"e-1"', '"status":', '"stored"', '"duplicate"', '"refused"', '"later"', '"reason":']
    if target in ("http-requests", "http-responses", "web"):
        yield from ["GET ", "PUT ", "POST ", "PATCH ", " HTTP/1.1\r\n", "Host: a\r\n", "Content-Length: ", "\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "/v1/orders/",
                    "If-Match: ", "If-None-Match: ", "Idempotency-Key: ", "Content-Type: application/json", "%2F", "%00",
                    "state=", "after=", "limit=", "HTTP/1.1 200 OK\r\n"]
    if target == "imports":
        header = "sku,name,price,barcodes,category,tags,unit,store,quantity,as_of,card,phone,email,external,points"
        yield from header.split(",") + ['""', '","', "\r\n", "\ufeff", "true", "false", "|"]
    if target == "signatures":
        yield from ["t=1795339800", ",v1=", "1795339800", "-9223372036854775808", "\n=\n"]
    if target == "texts":
        yield from ["T", "Z", "+03:00", "-00:00", ".999999999", "c-", "/", ":", "\u001d", "9999-12-31", "0000-01-01"]


def escaped(word):
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else "\\x%02X" % byte for byte in word.encode())


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "inputs":
        folder = pathlib.Path(sys.argv[3])
        folder.mkdir(parents=True, exist_ok=True)
        for made in TARGETS[sys.argv[2]]():
            data = made if isinstance(made, bytes) else made.encode()
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    elif len(sys.argv) == 3 and sys.argv[1] == "words":
        for word in dict.fromkeys(words(sys.argv[2])):
            print(f'"{escaped(word)}"')
    else:
        sys.exit(__doc__)


main()
