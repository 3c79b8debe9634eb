#!/usr/bin/env bash
# Makes runtime.js, which lets a generator run in a page, from the npm packages of ONNX Runtime Web and esbuild.
# Needs npm and Node.js; what comes out is compared with SHA256SUMS. `--accept` writes the sums anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-save --prefix "$work" onnxruntime-web@1.30.0 esbuild@0.28.2
dist=node_modules/onnxruntime-web/dist
npx esbuild "$dist/ort.wasm.bundle.min.mjs" --bundle --minify --format=iife --global-name=ort --platform=browser \
  --log-level=error --outfile=ort.js
cat ort.js "$here/worker.js" > whole.js
node - "$dist/ort-wasm-simd-threaded.wasm" "$here/runtime.js" <<'JS'
const { readFileSync, writeFileSync } = require("node:fs");
const { gzipSync, constants } = require("node:zlib");
const packed = (path) => gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }).toString("base64");
const notice = "/* ONNX Runtime Web 1.30.0, Copyright Microsoft Corporation, MIT licence: see NOTICE.txt of artgan.gallery.runtime */\n";
const [wasm, target] = process.argv.slice(2);
writeFileSync(target, `${notice}window.artganRuntime={script:"${packed("whole.js")}",wasm:"${packed(wasm)}"};\n`);
JS
cd "$here"
if [ "${1:-}" = "--accept" ]; then
  { sha256sum runtime.js worker.js; (cd "$work" && sha256sum "$dist/ort.wasm.bundle.min.mjs" "$dist/ort-wasm-simd-threaded.wasm"); } > SHA256SUMS
else
  grep -E ' (runtime|worker)\.js$' SHA256SUMS | sha256sum --check --quiet
  (cd "$work" && grep node_modules "$here/SHA256SUMS" | sha256sum --check --quiet)
fi
