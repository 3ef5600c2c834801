/** The app's entry, and the only module that touches the model. */
import type { PanelState, Recorded } from "./contract";
import { Display } from "./display";
import { LECTURE, PANEL } from "./face";
import { type HostModel, type Live, send } from "./host";
import { LivePanel } from "./live";
import { hideStills } from "./still";

const TICK = 100;

/** Opens a panel's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: [unknown, unknown[]][]): Live {
  const panel = new LivePanel((message) => send(model, message), Date.now());
  const displays = new Set<Display>();
  const changed = (words: boolean) => {
    for (const display of displays) display.changed(words);
  };
  const hear = (message: unknown, buffers: unknown[]) => {
    const version = panel.state?.version;
    panel.hear(message, buffers as ArrayBufferView[], Date.now());
    changed(panel.state?.version !== version);
  };
  const adopt = () => {
    panel.adopt(model.get("_state") as PanelState | null);
    changed(true);
  };
  panel.showRecorded(model.get("_recorded") as Recorded | null);
  adopt();
  for (const [message, buffers] of early) hear(message, buffers);
  model.on("msg:custom", hear);
  model.on("change:_state", adopt);
  const look = () =>
    panel.look(
      [...displays].some(({ seen }) => seen),
      Date.now(),
    );
  const timer = setInterval(() => {
    look();
    panel.tick(Date.now());
  }, TICK);
  return {
    show(el, lecture) {
      const display = new Display(el, panel, look, lecture ? LECTURE : PANEL);
      hideStills(document);
      displays.add(display);
      return () => {
        displays.delete(display);
        display.close();
      };
    },
    close() {
      clearInterval(timer);
      model.off("msg:custom", hear);
      model.off("change:_state", adopt);
      for (const display of displays) display.close();
      displays.clear();
    },
  };
}
