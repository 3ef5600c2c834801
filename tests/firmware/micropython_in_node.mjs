// MicroPython in WebAssembly: `node micropython_in_node.mjs PACKAGE FOLDER` puts the folder beside it, and
// carries out every line that comes in.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

const [folder, program] = process.argv.slice(2);
const { loadMicroPython } = await import(join(folder, "micropython.mjs"));
const micropython = await loadMicroPython({
  url: join(folder, "micropython.wasm"),
  heapsize: 4 * 1024 * 1024,
  linebuffer: true,
  stdout: (line) => process.stdout.write(`${line}\n`),
});
const place = `/${basename(program)}`;
micropython.FS.mkdir(place);
for (const file of readdirSync(program).filter((name) => name.endsWith(".py")))
  micropython.FS.writeFile(`${place}/${file}`, readFileSync(join(program, file), "utf8"));
for await (const line of createInterface({ input: process.stdin })) micropython.runPython(line);
