// The licences of everything that is bundled, as its authors ask: made from the bundle's own list.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = `PicoPanel's own code is under the MIT licence; see LICENSE.
Its front end, panel.js.gz, contains parts of the packages below.
`;

/** For packages that name this licence and ship no file of it. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The folders of the packages that have given code to a bundle, from esbuild's metafiles. */
function packages(metafiles) {
  const files = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = files.map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}

function licence(folder, { license, author }) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file) return readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  if (license !== "MIT") throw new Error(`${folder} has no licence file: add its text to notices.mjs`);
  return `The MIT License\n\nCopyright (c) ${author?.name ?? author}\n\n${MIT}`;
}

/** The text to ship beside the bundles; `root` is what the metafiles' paths start from. */
export function notices(metafiles, root) {
  const parts = packages(metafiles).map((name) => {
    const folder = join(root, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${about.name} ${about.version}\n\n${licence(folder, about)}\n`;
  });
  return [HEAD, ...parts].join(`\n${"=".repeat(80)}\n\n`);
}
