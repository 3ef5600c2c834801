/** The app's entry, and its only module that touches the model; before it is there, `loader.ts` does. */
import type { PanelState, Recorded } from "../contract";
import { LivePanel } from "../data/live";
import { Displays } from "../page/displays";
import { type HostModel, LINE_CUT, type Live, quietly } from "../page/host";
import { now } from "../page/now";
import { Display } from "./display";
import { LECTURE, PANEL } from "./face";

/** Opens a panel's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: [unknown, unknown[]][]): Live {
  const panel = new LivePanel((message) => quietly(() => model.send(message)), now());
  const displays = new Displays<Display>(panel, String(model.get("_key") ?? ""));
  const changed = (words: boolean) => displays.tell((display) => display.changed(words));
  const hear = (message: unknown, buffers: unknown[]) => {
    const version = panel.state?.version;
    panel.hear(message, buffers as ArrayBufferView[], now());
    changed(panel.state?.version !== version);
  };
  const adopt = () => {
    panel.adopt(model.get("_state") as PanelState | null);
    changed(true);
  };
  const cut = () => {
    panel.contact.cut();
    changed(true);
  };
  panel.showRecorded(model.get("_recorded") as Recorded | null);
  adopt();
  for (const [message, buffers] of early) hear(message, buffers);
  model.on("msg:custom", hear);
  model.on("change:_state", adopt);
  model.on(LINE_CUT, cut);
  return {
    show: (el, lecture) => displays.add(new Display(el, panel, displays.look, lecture ? LECTURE : PANEL)),
    close() {
      model.off("msg:custom", hear);
      model.off("change:_state", adopt);
      model.off(LINE_CUT, cut);
      displays.close();
    },
  };
}
