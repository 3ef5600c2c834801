// Builds what the kernel sends, the app with Plotly and the wall's without, gzipped, a thin loader for each, and their notices.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transformSync } from "esbuild";
import { notices } from "./notices.mjs";
import { NAMES, newInProgram, newInSheet, TARGET } from "./oldest.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/picopanel/static");
const metafiles = [];

async function bundle(entry, define, { format = "esm", target = TARGET } = {}) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target,
    legalComments: "inline",
    metafile: true,
    loader: { ".css": "text" },
    define,
    plugins: [styles, programs],
  });
  metafiles.push(metafile);
  refuse(entry, newInProgram(outputFiles[0].text));
  return Buffer.from(outputFiles[0].contents);
}

/** What one of the oldest browsers does not have is not built. */
function refuse(what, tooNew) {
  if (!tooNew.length) return;
  console.error(`${what} uses what a browser of js/oldest.json lacks:\n  ${tooNew.join("\n  ")}`);
  process.exit(1);
}

/** Nested rules spelled out, for browsers that do not know nesting. */
function flat(path) {
  const { code } = transformSync(readFileSync(path, "utf8"), { loader: "css", minify: true, target: TARGET });
  refuse(path, newInSheet(code));
  return code;
}

/** Our own style sheet is text in the bundle; those of Plotly's parts that we leave out are empty. */
const styles = {
  name: "styles",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, ({ path }) =>
      path.startsWith(join(here, "src"))
        ? { contents: flat(path), loader: "text" }
        : { contents: "", loader: "empty" },
    );
  },
};

/** The program of a page of its own is text in the bundle of who opens that page. */
const programs = {
  name: "programs",
  setup(builder) {
    builder.onResolve({ filter: /^program:/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, `${path.slice("program:".length)}.ts`),
      namespace: "program",
    }));
    builder.onLoad({ filter: /./, namespace: "program" }, async ({ path }) => ({
      contents: await bundle(relative(join(here, "src"), path), {}, { format: "iife" }),
      loader: "text",
    }));
  },
};

/** Gzip with no time and no system in its header, so that the same source gives the same bytes. */
function gzip(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  packed.fill(0, 4, 8);
  packed[9] = 255;
  return packed;
}

/** Of 2018, as the first browsers that load a module while they run, and so an anywidget. */
const ANYWIDGETS = "es2018";
const PLOTLY = { global: "globalThis", "define.amd": "false" };

const key = (packed) => JSON.stringify(createHash("sha256").update(packed).digest("hex").slice(0, 16));

mkdirSync(out, { recursive: true });
function write(name, bytes) {
  writeFileSync(join(out, name), bytes);
  console.log(`built ${name} (${bytes.length} bytes)`);
}

/** Builds one program and its loader, and gives back the key that both know it by. */
async function program(name, define) {
  const packed = gzip(await bundle(`${name}/widget.ts`, define));
  write(`${name}.js.gz`, packed);
  // A browser that is too old must be able to read what says so.
  const loader = await bundle(
    "page/loader.ts",
    { BUNDLE_KEY: key(packed), OLDEST_NAMES: JSON.stringify(NAMES) },
    { target: ANYWIDGETS },
  );
  write(`${name}-loader.js`, loader);
  return key(packed);
}

const panel = await program("panel", PLOTLY);
await program("wall", { PANEL_KEY: panel });
await program("setup");
writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), notices(metafiles, here));
