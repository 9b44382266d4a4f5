"""Receipts of the past, written straight into a store's database: ten million would take tills a day.

The gateway itself shows what a receipt leaves behind: it is given one sale of a known customer and one of nobody, and
their rows are the pattern of all others. Seven of ten receipts are of known customers, in turn; each earns them
points, and every fifth spends the points of the four before it. So `tillgate audit` finds nothing wrong in the
result.
"""
import json
import sqlite3
import time

from common.serving import HELLO
from settings import BenchError
from shop import requests

LINES = 5
TILLS, SHIFT_RECEIPTS = 50, 400
# Receipts are of the last so many days: younger than what is removed.
DAYS = 300
# Customers take turns in steps of a prime, so that neighbours in time are none in the ledger.
STEP = 7919
# Of ten customers so many never show a card.
NAMELESS_OF_TEN = 3
SPENDING_EVERY = 5
BATCH = 100_000
TABLES = ("receipt", "ledger_entry", "points_lot")


def fill(gateway, receipts, say):
    """Adds so many receipts to a store that is not running."""
    pattern = Pattern(gateway)
    database = sqlite3.connect(gateway.data / "journal.sqlite", isolation_level=None)
    try:
        for setting in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-400000", "wal_autocheckpoint=100000"):
            database.execute(f"PRAGMA {setting}").fetchall()
        indexes = database.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {TABLES}"
        ).fetchall()
        # An index that is made at the end costs a fraction of one that is kept meanwhile.
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}")
        plan = Plan(database, receipts)
        add(database, "receipt", pattern.receipts(plan), receipts, say)
        add(database, "points_lot", pattern.lots(plan), None, say)
        add(database, "ledger_entry", pattern.entries(plan, database), None, say)
        database.execute("UPDATE counter SET next = ? WHERE name = 'lot'", (plan.lot_end(),))
        for name, sql in indexes:
            say(f"  index {name}")
            database.execute(sql)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        database.close()


def add(database, table, rows, expected, say):
    """Adds rows, each a tuple in the order of the table's columns, some at a time."""
    places = ", ".join("?" * len(columns_of(database, table)))
    total = 0
    batch = []

    def write():
        database.execute("BEGIN")
        database.executemany(f"INSERT INTO {table} VALUES ({places})", batch)
        database.execute("COMMIT")

    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            write()
            total += len(batch)
            batch.clear()
            if total % 1_000_000 == 0:
                say(f"  {table}: {total:,}" + (f" of {expected:,}" if expected else ""))
    write()


def columns_of(database, table):
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


class Plan:
    """Who buys when: arithmetic, so that receipts can be told by time and by customer alike."""

    def __init__(self, database, receipts):
        self.first = (database.execute("SELECT max(sequence) FROM receipt").fetchone()[0] or 0) + 1
        self.receipts = receipts
        self.customers = database.execute("SELECT max(id) FROM customer").fetchone()[0]
        self.first_lot = database.execute("SELECT next FROM counter WHERE name = 'lot'").fetchone()[0]
        self.now = int(time.time() * 1000)
        if self.customers % STEP == 0:
            raise BenchError(f"a number of customers that {STEP} divides will not do")
        self.inverse = pow(STEP, -1, self.customers)

    def customer(self, place):
        """Whose receipt is the one at a place, from 0; None for nobody's."""
        rest = place * STEP % self.customers
        return None if rest % 10 < NAMELESS_OF_TEN else rest + 1

    def places(self, customer):
        """Where a customer's receipts are, in order."""
        rest = customer - 1
        if rest % 10 < NAMELESS_OF_TEN:
            return range(0)
        return range(rest * self.inverse % self.customers, self.receipts, self.customers)

    def visit(self, place):
        """The how many-th receipt of its customer it is, from 0."""
        return place // self.customers

    def is_spending(self, place):
        return self.visit(place) % SPENDING_EVERY == SPENDING_EVERY - 1

    def at(self, place):
        """When it was received: evenly over the days."""
        return self.now - (self.receipts - place) * DAYS * 86_400_000 // self.receipts

    def key(self, place):
        """Till, shift and number."""
        till, count = place % TILLS, place // TILLS
        return f"P{till:02}", count // SHIFT_RECEIPTS + 1, str(count % SHIFT_RECEIPTS)

    def lot(self, place):
        return self.first_lot + place

    def lot_end(self):
        return self.first_lot + self.receipts + 1

    def is_spent(self, place):
        """Whether a later receipt of the customer has spent its points."""
        visit = self.visit(place)
        spending = visit + SPENDING_EVERY - 1 - visit % SPENDING_EVERY
        return spending != visit and place + (spending - visit) * self.customers < self.receipts


class Pattern:
    """What two receipts have left in a running gateway's database, and the like of it for others."""

    def __init__(self, gateway):
        gateway.start()
        try:
            run = str(int(time.time()))
            for tag, customer in ((1, "c-1"), (2, None)):
                line = requests.sale(LINES, customer).replace("RUN", run).replace("%t", str(tag))
                answer = gateway.ask([HELLO, line])[-1]
                if not answer.startswith(f"OK {tag} "):
                    raise BenchError(f"the pattern's SALE is answered {answer}")
        finally:
            gateway.stop()
        database = sqlite3.connect(gateway.data / "journal.sqlite")
        database.row_factory = sqlite3.Row
        try:
            query = "SELECT * FROM receipt WHERE shift = ? AND number = ?"
            self.named, self.nameless = (dict(database.execute(query, (run, number)).fetchone()) for number in "12")
            query = "SELECT * FROM ledger_entry WHERE receipt = ? AND reason = 'earned'"
            self.entry = dict(database.execute(query, (self.named["sequence"],)).fetchone())
            self.lot = dict(database.execute("SELECT * FROM points_lot WHERE number = ?",
                                             (self.entry["lot"],)).fetchone())
            # They were never sent anywhere; all others count as sent.
            database.execute("DELETE FROM outbox")
            database.commit()
        finally:
            database.close()

    def receipts(self, plan):
        """Rows of receipts, by time."""
        points = self.entry["points"]
        rows = {}
        for row, kind in ((self.named, "named"), (self.nameless, "nameless")):
            answer = json.loads(row["answer"])
            body = row["body"].decode().replace(f'"shift":{row["shift"]},"number":"{row["number"]}"',
                                                '"shift":%d,"number":"%s"')
            rows[kind] = (row, body, answer)
        for place in range(plan.receipts):
            till, shift, number = plan.key(place)
            customer = plan.customer(place)
            row, body, answer = rows["nameless" if customer is None else "named"]
            sequence = plan.first + place
            answer["key"], answer["sequence"] = f"S1/{till}/{shift}/{number}", sequence
            if customer is not None:
                answer["customer_id"] = f"c-{customer}"
                spent = points * (SPENDING_EVERY - 1) if plan.is_spending(place) else 0
                answer["points"]["earned"], answer["points"]["spent"] = points, spent
                body = body.replace('"c-1"', f'"c-{customer}"')
            yield tuple({
                **row, "sequence": sequence, "till": till, "shift": shift, "number": number, "customer": customer,
                "received_at": plan.at(place), "body": (body % (shift, number)).encode(),
                "answer": requests.compact(answer).encode()}.values())

    def lots(self, plan):
        """Rows of lots, by customer; those that are spent lie behind those with points."""
        lifetime_ms = 2 * 365 * 86_400_000
        for customer in range(1, plan.customers + 1):
            for is_empty in (0, 1):
                for place in plan.places(customer):
                    is_without = plan.is_spent(place)
                    if is_without != bool(is_empty):
                        continue
                    till, shift, number = plan.key(place)
                    at = plan.at(place)
                    yield tuple({
                        **self.lot, "customer": customer, "is_empty": is_empty, "number": plan.lot(place),
                        "receipt_key": f"S1/{till}/{shift}/{number}", "active_from": at, "expires_at": at + lifetime_ms,
                        "points": 0 if is_without else self.entry["points"]}.values())

    def entries(self, plan, database):
        """Rows of the ledger, by customer, each with the balances after it."""
        opening = database.execute(
            "SELECT customer, number, points_after, turnover_after, purchases_after, debt_after FROM ledger_entry e "
            "WHERE number = (SELECT max(number) FROM ledger_entry l WHERE l.customer = e.customer) "
            "ORDER BY customer").fetchall()
        last = {row[0]: row[1:] for row in opening}
        for customer in range(1, plan.customers + 1):
            number, points, turnover, purchases, debt = last.get(customer, (0, 0, 0, 0, 0))
            earlier = []
            for place in plan.places(customer):
                movements = []
                if plan.is_spending(place):
                    movements = [("spent", -self.entry["points"], lot) for lot in earlier]
                    earlier = []
                else:
                    earlier.append(plan.lot(place))
                movements.append(("earned", self.entry["points"], plan.lot(place)))
                sequence, at = plan.first + place, plan.at(place)
                for count, (reason, moved, lot) in enumerate(movements):
                    brought = self.entry["turnover"] if count == 0 else 0
                    number, points, turnover = number + 1, points + moved, turnover + brought
                    purchases += count == 0
                    yield tuple({
                        **self.entry, "customer": customer, "number": number, "points": moved, "turnover": brought,
                        "points_after": points, "turnover_after": turnover, "reason": reason, "receipt": sequence,
                        "at": at, "lot": lot, "original": sequence, "purchases": int(count == 0),
                        "purchases_after": purchases, "debt_after": debt}.values())
