# What can be done here. `make help` lists it.

DATASET ?= ../shared/data/online-retail
OUT ?= out/replay
TILLS ?= 8
KILL ?= 0
SEED ?= 1
UPSTREAM ?= good
PROGRAMME ?= programmes/examples/gifts.yaml
RECEIPTS ?= 300
CASES ?= 2000
ORDERS ?= 1000
STORM_TILLS ?= 50
STORM_KILLS ?= 20
BENCH ?= ../shared/bench
EXAMPLES ?= 100
N ?= 200
SEEDS ?= 1000
FROM ?= 1
PLANT ?=
TARGET ?=
KEEP ?= 0

# Debian's own Python: the one that python3-jsonschema is installed for.
PYTHON ?= /usr/bin/python3

# A sanitizer makes tests slow: all at once they would not keep their deadlines. Those that wait for threads that all tests
# share have a turn of their own, as in scripts/test.
WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4

SOURCES = Package.swift Sources Tests simulators
PROGRAMS = .build/release

.DEFAULT_GOAL := help
.PHONY: help setup build demo test replay bench bench-quick counts abuse testssl lint format docs oracle storm crash crash-points \
	simulate fuzz asan tsan website-check clean

help: ## Show this list.
	@echo "make <target> [NAME=value ...]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the libraries that are missing (Debian, Ubuntu).
	@scripts/setup

build: setup ## Build the programs, optimised.
	@swift build -c release

demo: build ## Run a small trading day with every peer, and tell what happened. RECEIPTS=300
	@$(PROGRAMS)/tillgate demo --receipts $(RECEIPTS) --out out/demo

test: setup ## Run everything that CI runs.
	@PYTHON=$(PYTHON) DATASET=$(DATASET) scripts/test

replay: build ## Ring real days up and compare to the penny. DATASET=folder OUT=folder TILLS=8 KILL=0 SEED=1 UPSTREAM=good|hostile
	@$(PROGRAMS)/tillgate replay --dataset $(DATASET) --programme $(PROGRAMME) --out $(OUT) \
	  --tills $(TILLS) --kill $(KILL) --seed $(SEED) --upstream $(UPSTREAM)
	@$(PYTHON) scripts/verify-replay.py check $(DATASET) $(OUT)

# What a measurement is told; what is not given is as scripts/bench/settings.py has it.
BENCH_OPTIONS = --tools $(BENCH) --programs $(PROGRAMS) $(if $(GROWTH),--growth) $(if $(ONLY),--only $(ONLY)) \
  $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(PAST),--receipts $(PAST)) \
  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS))

bench: build ## Measure against the floor and Redis. BENCH=folder ONLY="quote start" GROWTH=1 CUSTOMERS=1000000 PAST=10000000 ROUNDS=5 SECONDS=2
	@$(PYTHON) scripts/bench/bench.py $(BENCH_OPTIONS)

bench-quick: build ## The same and how cost grows, all with small figures, to see that it works.
	@$(PYTHON) scripts/bench/bench.py --quick $(BENCH_OPTIONS)

counts: build ## Count instructions, allocations, calls of the system for each request. ONLY="quote" CUSTOMERS=1000 REQUESTS=2000
	@$(PYTHON) scripts/bench/counts.py --programs $(PROGRAMS) $(if $(ONLY),--only $(ONLY)) \
	  $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(REQUESTS),--requests $(REQUESTS))

abuse: build ## Attack a gateway while honest tills work, and bound what it costs; abuse.py --list names the ways. DURATION=6 ONLY=attack,...
	@$(PYTHON) scripts/abuse/abuse.py --programs $(PROGRAMS) --duration $(or $(DURATION),6) --only "$(ONLY)"

testssl: build ## Run testssl.sh (a Debian package) against both ports and judge what it finds.
	@PROGRAMS=$(PROGRAMS) PYTHON=$(PYTHON) scripts/testssl

lint: ## Check form and names.
	@swift format lint --strict --recursive --parallel $(SOURCES)

format: ## Put the code into form.
	@swift format --in-place --recursive --parallel $(SOURCES)

docs: setup ## Make the reference of the client library and the protocol, into out/docs.
	@mkdir -p out/docs
	@for target in TillClient LineProtocol; do \
	  swift package --allow-writing-to-directory out/docs/$$target generate-documentation --target $$target \
	    --output-path out/docs/$$target --transform-for-static-hosting --hosting-base-path $$target || exit 1; \
	done
	@echo "out/docs/TillClient/documentation/tillclient, out/docs/LineProtocol/documentation/lineprotocol"

oracle: setup ## Compare the quotes of random visits with a second implementation. CASES=2000 SEED=1
	@PYTHON=$(PYTHON) CASES=$(CASES) SEED=$(SEED) scripts/oracle

storm: setup ## Orders, tills that come and go, a gateway that is killed. ORDERS=1000 STORM_TILLS=50 STORM_KILLS=20 SEED=1
	@ORDERS=$(ORDERS) TILLS=$(STORM_TILLS) KILLS=$(STORM_KILLS) SEED=$(SEED) scripts/storm

crash: build ## Kill the gateway N times under load, on one folder, and look for what it has acknowledged. N=200 TILLS=8 SEED=1
	@N=$(N) TILLS=$(TILLS) SEED=$(SEED) PYTHON=$(PYTHON) PROGRAMS=$(PROGRAMS) scripts/crash

crash-points: setup ## Let a debug build kill itself between received, committed, acknowledged, relayed and confirmed.
	@swift build
	@scripts/crash-points

simulate: setup ## Play whole worlds in virtual time, out of seeds; or with a mistake planted. SEEDS=1000 FROM=1 PLANT=name|all
	@swift build -c release --product tillgate-simulation
	@$(PROGRAMS)/tillgate-simulation --seeds $(SEEDS) --from $(FROM) $(if $(PLANT),--plant $(PLANT),--jobs 2)

fuzz: setup ## Feed every entry point with made-up input, by libFuzzer. TARGET=all|json|session|... SECONDS=600 KEEP=0
	@TARGET=$(TARGET) SECONDS=$(or $(SECONDS),600) KEEP=$(KEEP) PYTHON=$(PYTHON) scripts/fuzz

asan: setup ## Run the tests under the address sanitizer, leaks included.
	@for which in --skip --filter; do \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp $(WIDTH) swift test --disable-xctest --sanitize=address \
	    --scratch-path .build/asan -Xswiftc -use-ld=lld $$which "$$(cat scripts/common/waiting-tests)" || exit 1; \
	done

tsan: setup ## Run the tests under the thread sanitizer.
	@for which in --skip --filter; do \
	  $(WIDTH) swift test --disable-xctest --sanitize=thread --scratch-path .build/tsan -Xswiftc -DTHREAD_SANITIZER \
	    $$which "$$(cat scripts/common/waiting-tests)" || exit 1; \
	done

website-check: build ## Try the HTTPS port for websites with curl and schemathesis (from PyPI). EXAMPLES=100 SEED=1
	@PROGRAMS=$(PROGRAMS) EXAMPLES=$(EXAMPLES) SEED=$(SEED) scripts/check-website --schemathesis

clean: ## Remove what was built and written.
	@rm -rf .build out bench-results
