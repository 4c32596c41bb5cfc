# Everything a person types here. `make` alone lists it.
GO ?= go
MINILAB = $(GO) run ./cmd/minilab

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## run a call over a failing 3G link and say what was found
	@$(MINILAB) run weak-call --seed 7

test: ## all tests (says what it skips for want of ffmpeg or tshark)
	@for tool in ffmpeg tshark; do command -v $$tool >/dev/null || echo "$$tool is not installed: the specs that use it as a referee are skipped"; done
	$(GO) vet ./...
	$(GO) test ./cmd/... ./devices/... ./fixtures/... ./reports/... ./simulator/...
	$(GO) tool ginkgo --fail-on-empty ./suites/...

mutants: ## plant each defect and name the spec that notices it
	@$(GO) run ./suites/mutants

model: ## random sequences of calls against a small model, 2,000 of them
	$(GO) test ./suites/model -rapid.checks=2000 -timeout 30m

race: ## the tests of the model under the race detector (needs gcc)
	@command -v gcc >/dev/null || { echo "the race detector needs gcc: apt-get install gcc"; exit 1; }
	CGO_ENABLED=1 $(GO) test -race -short ./simulator/... ./devices/... ./cmd/...

bench: ## speed of the standard rooms on one core
	@GOMAXPROCS=1 $(MINILAB) bench

signoff: ## the release page of the newest SDK profile, into out/
	@$(MINILAB) signoff --sdk 1.1.3 --out out

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run: gofmt -w ."; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: help demo test mutants model race bench signoff lint
