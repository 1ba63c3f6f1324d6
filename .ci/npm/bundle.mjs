// Bundles the libraries that pages load into static/vendor and what tests load into server/e2e/testdata, or both into the
// directories named.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const vendor = resolve(process.argv[2] ?? join(here, '../../static/vendor'));
const testdata = resolve(process.argv[3] ?? join(here, '../../server/e2e/testdata'));

const about = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8'));
const banner = (p) => `/*! ${p.name} ${p.version}, ${p.license}: see NOTICES.md */`;

/** The files of one directory, with a list of where each comes from. */
function shelf(dir) {
  const records = [];
  return {
    put(file, p, bytes) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), bytes);
      records.push({ file, name: p.name, version: p.version, licence: p.license, sha256: createHash('sha256').update(bytes).digest('hex') });
    },
    list() { writeFileSync(join(dir, 'VENDOR.json'), `${JSON.stringify({ command: 'node bundle.mjs, in .ci/npm', files: records }, null, 2)}\n`); },
  };
}

async function bundle(to, file, name, entry, extra = {}) {
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
  to.put(file, p, result.outputFiles[0].contents);
}

const pages = shelf(vendor);
await bundle(pages, 'three.js', 'three', 'three.entry.js');
await bundle(pages, 'gifenc.js', 'gifenc', 'node_modules/gifenc/dist/gifenc.esm.js');
await bundle(pages, 'katex.js', 'katex', 'node_modules/katex/dist/katex.mjs');

// Every browser that runs these pages reads woff2; the other two forms of each font stay out.
const katex = about('katex'), fonts = join(here, 'node_modules/katex/dist/fonts');
const css = readFileSync(join(here, 'node_modules/katex/dist/katex.min.css'), 'utf8').replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, '');
pages.put('katex.css', katex, Buffer.from(`${banner(katex)}\n${css}\n`));
for (const f of readdirSync(fonts).filter((name) => name.endsWith('.woff2')).sort()) pages.put(`fonts/${f}`, katex, readFileSync(join(fonts, f)));
pages.list();

const tests = shelf(testdata);
tests.put('axe.min.js', about('axe-core'), readFileSync(join(here, 'node_modules/axe-core/axe.min.js')));
tests.list();
