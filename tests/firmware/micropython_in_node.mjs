// MicroPython in WebAssembly: `node micropython_in_node.mjs PACKAGE FILE...` puts the files beside it, and
// carries out every line that comes in.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

const [folder, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(join(folder, "micropython.mjs"));
const micropython = await loadMicroPython({
  url: join(folder, "micropython.wasm"),
  heapsize: 4 * 1024 * 1024,
  linebuffer: true,
  stdout: (line) => process.stdout.write(`${line}\n`),
});
for (const file of files) micropython.FS.writeFile(`/${basename(file)}`, readFileSync(file, "utf8"));
for await (const line of createInterface({ input: process.stdin })) micropython.runPython(line);
