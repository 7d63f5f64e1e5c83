# The two commands are `make demo` and `make test`; both install what is missing first.
SHELL := /bin/bash
BUILD := swift build --explicit-target-dependency-import-check error
ARGS ?=

.PHONY: demo test bench bench-sync random-day soak build release install dependencies format lint schema

## Everything in one: private PostgreSQL, broker simulator, daemon, page. ARGS="--once", ARGS="--day 2026-07-09 --speed 60"
demo: dependencies
	@$(BUILD) --product sharekhan-simulator
	@$(BUILD) --product muhurat
	@exec .build/debug/muhurat demo $(ARGS)

## All tests, against a PostgreSQL that they start themselves.
test: dependencies
	@$(BUILD) --build-tests
	@.ci/test

## Throughput and lateness beside their floors; a release build, some five minutes.
bench: dependencies
	@swift build -c release --product muhurat-bench
	@Benchmarks/run .build/release/muhurat-bench $(ARGS)

## The sync of a thousand accounts beside the usual Python loop; release builds, some twelve minutes.
bench-sync: dependencies
	@swift build -c release --product muhurat
	@swift build -c release --product sharekhan-simulator
	@Benchmarks/sync/run .build/release $(ARGS)

build: dependencies
	@$(BUILD)

## One stripped file each, which run where no Swift toolchain is.
release: dependencies
	@swift build -c release --static-swift-stdlib -Xlinker -s --scratch-path .build-static --product muhurat
	@swift build -c release --static-swift-stdlib -Xlinker -s --scratch-path .build-static --product sharekhan-simulator

DESTDIR ?=
PREFIX ?= /usr
install:
	@test -x .build-static/release/muhurat || { echo "nothing is built; run first, as yourself: make release" >&2; exit 69; }
	install -D -m 755 .build-static/release/muhurat $(DESTDIR)$(PREFIX)/bin/muhurat
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system systemd/*.service systemd/*.timer
	install -D -m 644 systemd/muhurat.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/muhurat.conf
	install -D -m 644 -t $(DESTDIR)/etc/muhurat config/muhurat.yaml
	install -D -m 644 -t $(DESTDIR)/etc/muhurat/calendars config/calendars/*.yaml
	install -D -m 644 -t $(DESTDIR)/etc/muhurat/jobs jobs/*.yaml
	install -d -m 700 $(DESTDIR)/etc/muhurat/credentials

dependencies:
	@.ci/install

format:
	@swift format --in-place --recursive Sources Tests Benchmarks Package.swift

lint:
	@swift format lint --strict --recursive Sources Tests Benchmarks Package.swift

## Writes Tests/*/schema.sql anew after a migration; look at the difference before you commit it.
schema: dependencies
	@MUHURAT_WRITE_SCHEMA=1 swift test --disable-xctest --filter 'schema'

## A trading day in minutes with two daemons killed, frozen, stopped, paused and edited at random; then every due slot must have
## one decision, every success its one effect, and `why` must say it. ARGS="--seed 7"
random-day: dependencies
	@$(BUILD) --product muhurat
	@python3 Tests/Outside/random-day.py .build/debug/muhurat $(ARGS)

## A broker that misbehaves at random for a long time: no crash, no wrong flat, nothing lost, nothing grown, no secret told.
## ARGS="--minutes 60 --rate 0.3"
soak: dependencies
	@$(BUILD) --product sharekhan-simulator
	@$(BUILD) --product muhurat
	@python3 Tests/Outside/soak.py .build/debug $(ARGS)
