# Kelan. `make run` serves the dashboard, `make test` runs every check, `make package` writes pkg/ and dist/.
# The work is done by the scripts of tools/; here is only what depends on what, so that a second call does nothing.

SHELL := /bin/bash
ENV := build/env$(if $(KELAN_TOOLCHAIN),-$(KELAN_TOOLCHAIN)).sh
WITH := . $(ENV) &&

RUST := Cargo.toml Cargo.lock .cargo/config.toml $(shell find src examples -name '*.rs' -o -name '*.toml' 2>/dev/null)
WWW := $(shell find www -type f -not -path 'www/src/wasm/*' -not -path '*/node_modules/*' 2>/dev/null)
ENTRIES := $(shell find pkg-config -type f 2>/dev/null)
TOOLS := tools/build.mjs $(wildcard tools/build/*.mjs)

.PHONY: run test package bench screenshots clean types check setup
.DELETE_ON_ERROR:

run: build/stamp/site
	@node tools/serve.mjs dist

# Everything CI runs. ONLY=shape,wasm runs some of the steps; `make test ONLY=?` lists them.
test: $(ENV) build/stamp/node build/stamp/browsers
	@$(WITH) node tools/test.mjs $(if $(ONLY),--only '$(ONLY)')

package: build/stamp/package
	@node tools/sizes.mjs

bench: build/stamp/package
	@$(WITH) node tools/bench.mjs $(ARGS)

# Every screen in both languages and both themes, 1440 and 360 px wide, for a person to look through: shots/. ARGS='--rooms rfm,clv --width 360' takes some.
screenshots: build/stamp/package
	@node tools/screenshots.mjs $(ARGS)

# Only what is cheap: for the time between two commits.
check: $(ENV) build/stamp/node
	@$(WITH) node tools/test.mjs --only fmt,clippy,typescript

# The TypeScript types and the registry, written anew from the Rust structs.
types: $(ENV) build/stamp/node
	@$(WITH) node tools/types.mjs

setup: $(ENV) build/stamp/node build/stamp/browsers

clean:
	rm -rf build dist pkg www/src/wasm
	@if command -v cargo >/dev/null; then cargo clean -q; else rm -rf target; fi

build/env%.sh: tools/setup.sh tools/toolchain.sh tools/wasm-bindgen.sh tools/say.sh Cargo.lock
	@tools/setup.sh $@
	@touch $@

build/stamp/browsers: tools/browsers.sh tools/browser.mjs $(ENV)
	@. $(ENV) && tools/browsers.sh
	@mkdir -p build/stamp && touch $@

build/stamp/node: package.json package-lock.json
	@tools/node-modules.sh
	@mkdir -p build/stamp && touch $@

build/stamp/wasm: $(RUST) $(TOOLS) $(ENV) build/stamp/node www/src/engine/first-rooms.json
	@$(WITH) node tools/build.mjs wasm
	@mkdir -p build/stamp && touch $@

build/stamp/site: build/stamp/wasm $(WWW) $(TOOLS)
	@node tools/build.mjs site
	@touch $@

build/stamp/package: build/stamp/site $(ENTRIES) README.md
	@node tools/build.mjs onefile package
	@touch $@
