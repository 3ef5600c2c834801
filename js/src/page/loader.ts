/**
 * The widget's `_esm`: thin, because it is saved once per panel. It hears messages from the first
 * moment, and fetches the app, which a page loads once however many panels it shows.
 */
import {
  app,
  asked,
  type Heard,
  type HostModel,
  listen,
  referred,
  type Widget,
  whenThere,
  widgets,
} from "./host";
import { tooOld } from "./oldest";

declare const BUNDLE_KEY: string;

/** A host that has not found the shared model by then will not: marimo tells its first visitor only. */
const PATIENCE = 2_000;

/** The gzipped app: out of the shared model, else by asking the kernel. The only place that knows these ways. */
async function bundle(model: HostModel): Promise<BlobPart> {
  const shared = referred(model, "_assets").then((assets) => assets.get("bundle") as BlobPart);
  const late = new Promise<never>((_, fail) => setTimeout(fail, PATIENCE));
  const answer = Promise.race([shared, late]).catch(() => asked(model));
  return Promise.any([shared, answer]).catch(({ errors }) => Promise.reject(errors[1]));
}

/** A function, so that hosts which share one module between models still get one panel each. */
export default () => {
  let widget: Promise<Widget> | undefined;

  function initialize({ model }: { model: HostModel }): () => void {
    if (tooOld()) return () => {};
    if (model.get("_panel")) {
      referred(model, "_panel").catch(() => {});
      widget = whenThere(model.get("_key"));
      widget.catch(() => {});
      return () => {};
    }
    const early: Heard[] = [];
    const deafen = listen(model, { "msg:custom": (...heard: Heard) => void early.push(heard) });
    model.send({ type: "ask", since: 0 });
    const opening = app(BUNDLE_KEY, () => bundle(model)).then(({ open }) => {
      deafen();
      return open(model, early);
    });
    opening.catch(deafen);
    widget = opening;
    const key = model.get("_key");
    widgets.set(key, opening);
    return () => {
      if (widgets.get(key) === opening) widgets.delete(key);
      opening.then((it) => it.close()).catch(() => {});
    };
  }

  function render({ model, el }: { model: HostModel; el: HTMLElement }): () => void {
    const sentence = tooOld();
    if (sentence) {
      el.textContent = sentence;
      return () => {};
    }
    if (!widget) initialize({ model });
    let shown = true;
    let hide = () => {};
    widget!.then(
      (it) => {
        if (shown) hide = it.show(el, Boolean(model.get("_panel")));
      },
      (cause) => {
        el.textContent = `The panel could not be loaded (${cause}). Run the cell again; if that does not help, restart the kernel and reload the page.`;
      },
    );
    return () => {
      shown = false;
      hide();
    };
  }

  return { initialize, render };
};
