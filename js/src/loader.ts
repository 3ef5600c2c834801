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

page[Symbol.for("picopanel.panels")] ??= new Map();
/** This page's panels, by the key that their lecture views have, too. */
const panels = page[Symbol.for("picopanel.panels")] as Map<unknown, Promise<Live>>;

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

async function referred(model: HostModel, trait: string) {
  return model.widget_manager.get_model(String(model.get(trait)).replace("IPY_MODEL_", ""));
}

async function shared(model: HostModel): Promise<BlobPart> {
  const assets = await referred(model, "_assets");
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

/** The panel of a lecture view. In Colab it comes to life in this frame only when it is referred to. */
async function panelOf(model: HostModel): Promise<Live> {
  referred(model, "_panel").catch(() => {});
  const key = model.get("_key");
  for (let waited = 0; !panels.has(key); waited += 50) {
    if (waited > GIVE_UP) throw "its panel is not on this page";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return panels.get(key)!;
}

function apologise(el: HTMLElement, cause: unknown): void {
  el.textContent = `The panel could not be loaded (${cause}). Run the cell again; if that does not help, restart the kernel and reload the page.`;
}

/** A function, so that hosts which share one module between models still get one panel each. */
export default (): Host => {
  let live: Promise<Live> | undefined;

  function initialize({ model }: { model: HostModel }): () => void {
    if (model.get("_panel")) {
      live = panelOf(model);
      live.catch(() => {});
      return () => {};
    }
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
    const key = model.get("_key");
    panels.set(key, opening);
    return () => {
      if (panels.get(key) === opening) panels.delete(key);
      opening.then((it) => it.close()).catch(() => {});
    };
  }

  function render({ model, el }: { model: HostModel; el: HTMLElement }): () => void {
    if (!live) initialize({ model });
    let shown = true;
    let hide = () => {};
    live!.then(
      (it) => {
        if (shown) hide = it.show(el, Boolean(model.get("_panel")));
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
