# `make` alone prints what there is.
JOBS := $(shell nproc)
# Seconds for each fuzzer of `make proof`.
SECONDS ?= 60
# Simulated sessions of `make proof`.
SESSIONS ?= 100000000
# Requests of its soak.
SOAK ?= 1000000
ARGS ?=

.PHONY: bench-gateway bench-headlines bench-placement bench-policy bench-predictor help demo test test-sanitizers proof bench fast format tidy clean release
.DEFAULT_GOAL := help

help:  ## prints this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## installs, builds and shows the whole loop offline, then serves; ARGS=--once ends by itself
	scripts/bootstrap --demo
	$(MAKE) release
	scripts/demo $(ARGS)

test:  ## installs, builds and runs every test, the fuzz corpora and the checks of the sources
	scripts/bootstrap --tests
	$(MAKE) release
	ctest --preset release -j$(JOBS)

test-sanitizers:  ## all tests under asan and ubsan; the rooms whose threads talk to each other under tsan too
	scripts/bootstrap --tests
	cmake --preset asan-ubsan
	cmake --build --preset asan-ubsan -j$(JOBS)
	ctest --preset asan-ubsan -j$(JOBS)
	cmake --preset tsan
	cmake --build --preset tsan -j$(JOBS)
	ctest --preset tsan -j$(JOBS) -L '^(gateway|store|http|base)$$'

proof: release  ## the long runs: SESSIONS=100000000 simulated ones, planted bugs, a soak of SOAK=1000000 requests, what `make fast` makes, self-play in twenty worlds, routing in ten, every fuzzer for SECONDS=60
	scripts/bootstrap --tests --fuzz
	build/release/bin/session_simulation $(SESSIONS)
	tests/orchestrator/run_planted_bugs build/release
	tests/e2e/run_under_load build/release/bin/ooe build/release/bin/gateway_load 100 50
	tests/e2e/soak build/release/bin/ooe build/release/bin/gateway_load $(SOAK)
	$(MAKE) fast
	tests/e2e/run_under_load build/fast/bin/ooe build/release/bin/gateway_load 20 10
	tests/e2e/run_hard_times build/fast/bin/ooe build/release/bin/gateway_load
	tests/e2e/run_bad_input build/fast/bin/ooe examples/questions/law.jsonl
	for test in keys_and_reload tls_and_admin workspace; do tests/e2e/run_$$test build/fast/bin/ooe examples/demo/simulate.toml || exit 1; done
	tests/e2e/run_selfplay build/fast/bin/ooe
	OOE_WORLDS=20 build/release/bin/selfplay_test --gtest_filter='SelfPlay.*'
	OOE_WORLDS=10 build/release/bin/cli_test --gtest_filter='DemoWorld.*'
	cmake --preset fuzz
	cmake --build --preset fuzz -j$(JOBS)
	scripts/fuzz $(SECONDS)

fast:  ## lays the code of `ooe` out by what a request runs, in a minute: build/fast/bin/ooe, a sixth less processor time a request to a named expert
	scripts/bootstrap --fast
	$(MAKE) release
	cmake --build --preset release -j$(JOBS) --target ooe_with_relocations gateway_load
	scripts/lay_out build/release/bin/ooe_with_relocations build/release/bin/gateway_load build/fast/bin/ooe

bench: release  ## every bench of bench/, one after another
	@for bench in build/release/bin/*_bench; do echo "$$bench"; $$bench || exit 1; done

bench-predictor: release  ## the predictor on real outcomes, beside every baseline; DATA=folder
	@test -n "$(DATA)" || { echo "say where the outcome data is: make bench-predictor DATA=folder"; exit 2; }
	build/release/bin/predictor_tasks $(DATA) $(ARGS)

bench-gateway: release  ## a proxied chat beside nginx: CPU, latency, throughput, memory, counts; ARGS="--model M.ooe"
	scripts/bootstrap --bench
	bench/gateway/run $(ARGS)

bench-headlines: release  ## the published claims beside ours, on real outcomes; DATA=folder
	@test -n "$(DATA)" || { echo "say where the outcome data is: make bench-headlines DATA=folder"; exit 2; }
	build/release/bin/headlines $(DATA)

bench-policy: release  ## what goals promise and keep on real outcomes, with standard errors; DATA=folder
	@test -n "$(DATA)" || { echo "say where the outcome data is: make bench-policy DATA=folder"; exit 2; }
	build/release/bin/policy_tasks $(DATA) $(ARGS)

bench-placement: release  ## a new expert from 20 and 50 outcomes, chosen against random; DATA=folder
	@test -n "$(DATA)" || { echo "say where the outcome data is: make bench-placement DATA=folder"; exit 2; }
	build/release/bin/placement_tasks $(DATA) $(ARGS)

format:  ## lays all C++ sources out as .clang-format says
	scripts/bootstrap --tests
	scripts/format

tidy:  ## static analysis of src/
	scripts/bootstrap --tests --tidy
	cmake --preset debug
	find src -name '*.cc' | xargs -n 1 -P $(JOBS) clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option -p build/debug

clean:  ## removes what was built
	rm -rf build

# What demo and test run: the release preset, built.
release:
	cmake --preset release
	cmake --build --preset release -j$(JOBS)
