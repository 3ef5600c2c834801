/** The widget's model, as its host (anywidget, or marimo in its place) gives it, and the apps that come through it. */

export interface HostModel {
  get(trait: string): unknown;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(message: unknown): void;
  widget_manager: { get_model(id: string): Promise<{ get(trait: string): unknown }> };
}

/** One panel or wall on this page, whatever the number of its views. */
export interface Widget {
  /** Draws a view into the element, and gives back what removes it; `lecture`: one for a hall. */
  show(el: HTMLElement, lecture: boolean): () => void;
  close(): void;
}

export type Heard = [message: unknown, buffers: unknown[]];

/** A program of the page; `early` has come before it was there. */
export type App = { open(model: HostModel, early: Heard[]): Widget };

/** What JupyterLab's widgets hear when their kernel is restarted. */
export const LINE_CUT = "comm_live_update";
/** Longer, and the kernel or the page will not do what it was asked for. */
const GIVE_UP = 20_000;

/**
 * Sends to the kernel. A host that has put the model away throws, as VS Code does after a restart, of which it
 * tells nothing else: then the line is cut.
 */
export function quietly(send: () => void, cut: () => void): void {
  try {
    send();
  } catch (error) {
    console.debug("PicoPanel: a message found no kernel", error);
    cut();
  }
}

export function listen(model: HostModel, handlers: Record<string, (...args: never[]) => void>): () => void {
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

const page = globalThis as Record<symbol, unknown>;

/** A map that all of our modules on this page share: each widget carries a copy of the loader. */
function sharedMap<V>(name: string): Map<unknown, V> {
  page[Symbol.for(name)] ??= new Map();
  return page[Symbol.for(name)] as Map<unknown, V>;
}

const apps = sharedMap<Promise<App>>("picopanel");

/** This page's panels, walls and cards, by their keys; a panel's lecture views have the panel's. */
export const widgets = sharedMap<Promise<Widget>>("picopanel.panels");

/** The widget of a key, once its model has been made on this page. */
export async function whenThere(key: unknown): Promise<Widget> {
  for (let waited = 0; !widgets.has(key); waited += 50) {
    if (waited > GIVE_UP) throw "its panel is not on this page";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return widgets.get(key)!;
}

/** The model that a trait refers to. In Colab one comes to life in this frame only when it is referred to. */
export async function referred(model: HostModel, trait: string) {
  return model.widget_manager.get_model(String(model.get(trait)).replace("IPY_MODEL_", ""));
}

/** The app of a key, which a page loads once: out of a gzipped module that `fetch` gets. */
export function app(key: string, fetch: () => Promise<BlobPart>): Promise<App> {
  const loading = apps.get(key) ?? load(fetch);
  apps.set(key, loading);
  loading.catch(() => apps.delete(key));
  return loading;
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

/** Asks the kernel for a gzipped app; `of` names one that is not the widget's own. */
export function asked(model: HostModel, of?: string): Promise<BlobPart> {
  let deafen = () => {};
  const come = new Promise<BlobPart>((take, fail) => {
    setTimeout(fail, GIVE_UP, "no answer from the kernel");
    const hear = (content: { type?: unknown; of?: unknown } | null, buffers: BlobPart[]) => {
      if (content?.type === "bundle" && content.of === of) take(buffers[0]);
    };
    deafen = listen(model, { "msg:custom": hear });
    model.send(of === undefined ? { type: "bundle" } : { type: "bundle", of });
  });
  return come.finally(() => deafen());
}
