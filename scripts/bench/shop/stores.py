"""Filled data folders: made once, kept in the cache, copied for whoever writes into them.

A store is made in the ways that operators have: devices, customers and products are brought in by tillgate's
commands, the programme is put in force while it runs. Only receipts of the past, which tills bring one by one, are
written straight into the database (past.py).
"""
import json
import pathlib
import shutil
import sqlite3
import time

from servers.gateway import Gateway
from servers.process import run
from settings import PROMOTIONS, BenchError, say
from shop import past, programmes, requests

# Receipts grow old, and old ones are removed: after so many days a store is made anew.
GOOD_FOR_DAYS = 60
# What a customer, and a receipt with its ledger, take on the disk, generously.
CUSTOMER_BYTES, RECEIPT_BYTES = 1_500, 2_500


class Stores:
    """The cache. Names of stores tell what is in them and the schema that they were made with."""

    def __init__(self, cache, programs, work, products):
        self.cache = cache
        self.programs = programs
        self.work = work
        self.products = products
        self.copies = 0
        self.schema = self._schema()

    def _schema(self):
        """The newest migration, as an empty store of this program has it: older stores are none of its business."""
        gateway = self._gateway(self.work / "empty")
        gateway.shop.mkdir()
        gateway.make_devices()
        newest = database_answer(gateway.data, "SELECT max(identifier) FROM grdb_migrations")
        shutil.rmtree(gateway.shop)
        return newest

    def _gateway(self, shop):
        return Gateway(self.programs, shop, self.work / "gateway.log")

    def folder(self, customers, receipts=0):
        """The store with so many customers and receipts, made when there is none."""
        folder = self.cache / f"store-{self.schema}-{customers}-{self.products}-{receipts}"
        if self._is_good(folder):
            return folder
        self._require_room(customers * CUSTOMER_BYTES + receipts * RECEIPT_BYTES)
        base = self.folder(customers) if receipts else None
        making = self.work / "making"
        shutil.rmtree(making, ignore_errors=True)
        try:
            facts = self._with_receipts(base, making, receipts) if base else self._with_customers(making, customers)
            (making / "facts.json").write_text(json.dumps({**facts, "made_at": time.time()}), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            making.rename(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return folder

    def facts(self, customers, receipts=0):
        """What was noted when the store was made: how long the import took, among others."""
        return json.loads((self.folder(customers, receipts) / "facts.json").read_text(encoding="utf-8"))

    def copy(self, customers):
        """A gateway on a copy of its own, which `discard` removes."""
        source = self.folder(customers)
        self.copies += 1
        target = self.work / f"shop-{self.copies}"
        copy_folder(source, target)
        return self._gateway(target)

    def in_place(self, customers, receipts=0):
        """A gateway on the cached store itself, for those who only read."""
        return self._gateway(self.folder(customers, receipts))

    @staticmethod
    def discard(gateway):
        gateway.stop()
        shutil.rmtree(gateway.shop, ignore_errors=True)

    def _is_good(self, folder):
        facts = folder / "facts.json"
        if not facts.exists():
            return False
        age_days = (time.time() - json.loads(facts.read_text(encoding="utf-8"))["made_at"]) / 86_400
        return age_days < GOOD_FOR_DAYS

    def _require_room(self, size):
        free = shutil.disk_usage(self.cache).free
        if free < size + 2 * 2**30:
            raise BenchError(f"no room for the store: {size / 2**30:.1f} GiB wanted, {free / 2**30:.1f} GiB free")

    def _with_customers(self, shop, customers):
        say(f"making a store with {customers:,} customers, {self.products:,} products")
        gateway = self._gateway(shop)
        shop.mkdir()
        gateway.make_devices()
        seconds = bring_in(gateway, "customers", shop, (requests.customer_row(each) for each in range(customers)))
        bring_in(gateway, "catalogue", shop, (requests.product_row(each) for each in range(self.products)))
        gateway.start()
        try:
            gateway.put_programme(programmes.programme(PROMOTIONS))
        finally:
            gateway.stop()
        return {"import_seconds": round(seconds, 1), "journal_mib": journal_mib(gateway.data)}

    def _with_receipts(self, base, shop, receipts):
        say(f"making a store with {receipts:,} receipts")
        copy_folder(base, shop)
        gateway = self._gateway(shop)
        began = time.monotonic()
        past.fill(gateway, receipts, say)
        return {"fill_seconds": round(time.monotonic() - began, 1), "journal_mib": journal_mib(gateway.data)}


def bring_in(gateway, what, folder, rows):
    """Imports rows with tillgate and returns the seconds that it took."""
    file = folder / f"{what}.ndjson"
    with open(file, "w", encoding="utf-8") as output:
        output.writelines(rows)
    began = time.monotonic()
    gateway.call("import", what, "--data", gateway.data, file)
    file.unlink()
    return time.monotonic() - began


def copy_folder(source, target):
    """Copies a store; a file system that can shares the blocks."""
    run(["cp", "--archive", "--reflink=auto", source, target], f"copying {source.name}")


def journal_mib(data):
    return round(sum(path.stat().st_size for path in pathlib.Path(data).glob("journal.sqlite*")) / 2**20)


def database_answer(data, query):
    database = sqlite3.connect(data / "journal.sqlite")
    try:
        return database.execute(query).fetchone()[0]
    finally:
        database.close()
