// The licences of everything that is bundled, as its authors ask: made from the bundle's own list.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = `PicoPanel's own code is under the MIT licence; see LICENSE.
Its front end, panel.js.gz, contains parts of the packages below.
`;

/** For packages that name this licence and ship no file of it: it is ours, too. */
const OURS = readFileSync(new URL("../LICENSE", import.meta.url), "utf8");
const MIT = OURS.slice(OURS.indexOf("Permission is hereby granted")).trim();

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
