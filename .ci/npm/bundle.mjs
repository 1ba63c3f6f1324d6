// Bundles the libraries that pages load into static/vendor, or into the directory named.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, '../../static/vendor'));
mkdirSync(out, { recursive: true });

const about = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8'));
const banner = (p) => `/*! ${p.name} ${p.version}, ${p.license}: see NOTICES.md */`;
const records = [];

async function bundle(file, name, entry, extra = {}) {
  const p = about(name);
  const kind = file.endsWith('.css') ? 'css' : 'js';
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    charset: 'utf8',
    banner: { [kind]: banner(p) },
    write: false,
    logLevel: 'warning',
    ...extra,
  });
  const bytes = result.outputFiles[0].contents;
  writeFileSync(join(out, file), bytes);
  records.push({ file, name: p.name, version: p.version, licence: p.license, sha256: createHash('sha256').update(bytes).digest('hex') });
}

await bundle('three.js', 'three', 'three.entry.js');
await bundle('uplot.js', 'uplot', 'node_modules/uplot/dist/uPlot.esm.js');
await bundle('uplot.css', 'uplot', 'node_modules/uplot/dist/uPlot.min.css', { format: undefined, target: undefined });
writeFileSync(join(out, 'VENDOR.json'), `${JSON.stringify({ command: 'node bundle.mjs, in .ci/npm', files: records }, null, 2)}\n`);
