// Asks the program named for each kind of page and checks the answers against the HTML standard; with a browser at hand, also
// the page that the scripts of a lab have built.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HtmlValidate } from 'html-validate';

const standard = new HtmlValidate({ root: true, extends: ['html-validate:standard', 'html-validate:a11y'] });
// What a browser writes down of a living page differs in form, not in meaning: quotes, closed void elements, styles set by scripts.
// Panels are elements of their own with the role of a region.
const living = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    'no-inline-style': 'off', 'void-style': 'off', 'attr-quotes': 'off', 'no-raw-characters': 'off', 'doctype-style': 'off', 'attribute-boolean-style': 'off',
    'prefer-native-element': 'off', 'aria-label-misuse': ['error', { allowAnyNamable: true }],
  },
});

const server = spawn(process.argv[2], ['--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const home = await new Promise((resolve, reject) => {
  let said = '';
  server.stdout.on('data', (d) => {
    said += d;
    const at = said.match(/listening on (\S+)\n/);
    if (at) resolve(at[1]);
  });
  server.on('exit', (code) => reject(new Error(`the program ended with ${code}: ${said}`)));
});

let faults = 0;
async function check(validator, name, html) {
  const report = await validator.validateString(html, name);
  for (const r of report.results) {
    for (const m of r.messages) {
      faults++;
      console.log(`${name}:${m.line}:${m.column}: ${m.message} (${m.ruleId})\n    ${html.split('\n')[m.line - 1]?.slice(Math.max(0, m.column - 60), m.column + 100)}`);
    }
  }
}

try {
  const { labs } = await (await fetch(`${home}api/labs`)).json();
  const pages = ['', ...labs.map((l) => `lab/${l.id}`), ...labs.map((l) => `embed/${l.id}`), 'lab/nowhere', 'nowhere', `lab/${labs[0].id}?theme=dark`];
  for (const p of pages) await check(standard, `/${p}`, await (await fetch(home + p)).text());

  const run = await (await fetch(`${home}api/runs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ lab: labs[0].id, steps: 20 }) })).json();
  await check(standard, 'a replay', await (await fetch(`${home}api/runs/${run.id}/export?format=html`)).text());

  const browser = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((b) => existsSync(b));
  if (!browser) console.log('no browser here: the pages that scripts build were not checked');
  const profile = mkdtempSync(join(tmpdir(), 'profile'));
  try {
    for (const p of browser ? ['', ...labs.map((l) => `lab/${l.id}`), `embed/${labs[0].id}`] : []) {
      const args = ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', `--user-data-dir=${profile}`, '--virtual-time-budget=4000', '--dump-dom', home + p];
      const { stdout } = await promisify(execFile)(browser, args, { maxBuffer: 1 << 26 });
      await check(living, `/${p} as built`, stdout);
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
} finally {
  server.removeAllListeners('exit');
  server.kill();
}
if (faults) {
  console.log(`${faults} faults`);
  process.exit(1);
}
