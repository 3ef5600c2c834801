/**
 * The widget's `_esm`: thin, because it is saved once per panel. It hears messages from the first
 * moment, and fetches the app, which a page loads once however many panels it shows.
 */
import type { Host, HostModel, Live } from "./host";

declare const BUNDLE_KEY: string;

type App = { open(model: HostModel, early: [unknown, unknown[]][]): Live };

const page = globalThis as Record<symbol, unknown>;
const SHARED = Symbol.for("picopanel");
page[SHARED] ??= new Map();
const cache = page[SHARED] as Map<string, Promise<App>>;

/** A host that has not found the shared model by then will not: marimo tells its first visitor only. */
const PATIENCE = 2_000;
const GIVE_UP = 20_000;

/** The gzipped app: out of the shared model, else by asking the kernel. The only place that knows these ways. */
async function bundle(model: HostModel): Promise<BlobPart> {
  let end = () => {};
  const found = new Promise<BlobPart>((take, fail) => {
    const hear = (content: { type?: unknown } | null, buffers: BlobPart[]) => {
      if (content?.type === "bundle") take(buffers[0]);
    };
    const ask = () => model.send({ type: "bundle" });
    const timers = [setTimeout(ask, PATIENCE), setTimeout(() => fail("no answer from the kernel"), GIVE_UP)];
    end = () => {
      timers.forEach(clearTimeout);
      model.off("msg:custom", hear);
    };
    model.on("msg:custom", hear);
    shared(model).then(take, ask);
  });
  return found.finally(end);
}

async function shared(model: HostModel): Promise<BlobPart> {
  const id = String(model.get("_assets")).replace("IPY_MODEL_", "");
  const assets = await model.widget_manager.get_model(id);
  return assets.get("bundle") as BlobPart;
}

async function load(model: HostModel): Promise<App> {
  const packed = new Blob([await bundle(model)]).stream();
  const source = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).blob();
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function app(model: HostModel): Promise<App> {
  const loading = cache.get(BUNDLE_KEY) ?? load(model);
  cache.set(BUNDLE_KEY, loading);
  loading.catch(() => cache.delete(BUNDLE_KEY));
  return loading;
}

function apologise(el: HTMLElement, cause: unknown): void {
  el.textContent = `The panel could not be loaded (${cause}). Run the cell again; if that does not help, restart the kernel and reload the page.`;
}

/** A function, so that hosts which share one module between models still get one panel each. */
export default (): Host => {
  let live: Promise<Live> | undefined;

  function initialize({ model }: { model: HostModel }): () => void {
    const early: [unknown, unknown[]][] = [];
    const hear = (content: unknown, buffers: unknown[]) => void early.push([content, buffers]);
    model.on("msg:custom", hear);
    model.send({ type: "ask", since: 0 });
    const opening = app(model).then(({ open }) => {
      model.off("msg:custom", hear);
      return open(model, early);
    });
    opening.catch(() => model.off("msg:custom", hear));
    live = opening;
    return () => void opening.then((it) => it.close()).catch(() => {});
  }

  function render({ model, el }: { model: HostModel; el: HTMLElement }): () => void {
    if (!live) initialize({ model });
    let shown = true;
    let hide = () => {};
    live!.then(
      (it) => {
        if (shown) hide = it.show(el);
      },
      (cause) => apologise(el, cause),
    );
    return () => {
      shown = false;
      hide();
    };
  }

  return { initialize, render };
};
