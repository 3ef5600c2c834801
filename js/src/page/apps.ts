/** The apps of this page: each is fetched once, however many widgets it shows. */
import type { HostModel, Live } from "./host";

export type App = { open(model: HostModel, early: [unknown, unknown[]][]): Live };

const page = globalThis as Record<symbol, unknown>;
const SHARED = Symbol.for("picopanel");
page[SHARED] ??= new Map();
const cache = page[SHARED] as Map<string, Promise<App>>;

export const GIVE_UP = 20_000;

/** The app of a key, from the page or else out of a gzipped module that `fetch` gets. */
export function app(key: string, fetch: () => Promise<BlobPart>): Promise<App> {
  const loading = cache.get(key) ?? load(fetch);
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}

/** A gzipped app by asking the kernel: `of` names one that is not the widget's own. Asks when `ask` is called. */
export function answer(model: HostModel, of?: string): { ask(): void; come: Promise<BlobPart> } {
  let end = () => {};
  const come = new Promise<BlobPart>((take, fail) => {
    const hear = (content: { type?: unknown; of?: unknown } | null, buffers: BlobPart[]) => {
      if (content?.type === "bundle" && content.of === of) take(buffers[0]);
    };
    const timer = setTimeout(() => fail("no answer from the kernel"), GIVE_UP);
    end = () => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
    };
    model.on("msg:custom", hear);
  });
  const message = of === undefined ? { type: "bundle" } : { type: "bundle", of };
  return { ask: () => model.send(message), come: come.finally(() => end()) };
}

async function load(fetch: () => Promise<BlobPart>): Promise<App> {
  const packed = new Blob([await fetch()]).stream();
  const source = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).blob();
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
