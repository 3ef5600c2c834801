/** The panel's app, and its only module that touches the model; before it is there, `loader.ts` does. */
import type { PanelState, Recorded } from "../contract";
import { LivePanel } from "../data/panel";
import { Displays } from "../page/displays";
import { type Heard, type HostModel, LINE_CUT, listen, quietly, type Widget } from "../page/host";
import { now } from "../page/time";
import { Display } from "./display";

/** Opens a panel's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: Heard[]): Widget {
  const panel = new LivePanel((message) => quietly(() => model.send(message)), now());
  const displays = new Displays<Display>(panel, String(model.get("_key") ?? ""));
  const changed = (words: boolean) => displays.tell((display) => display.changed(words));
  const hear = (...[message, buffers]: Heard) => {
    const version = panel.state?.version;
    panel.hear(message, buffers as ArrayBufferView[], now());
    changed(panel.state?.version !== version);
  };
  const adopt = () => {
    panel.adopt(model.get("_state") as PanelState | null);
    changed(true);
  };
  const cut = () => {
    panel.contact.cut = true;
    changed(true);
  };
  panel.showRecorded(model.get("_recorded") as Recorded | null);
  adopt();
  for (const heard of early) hear(...heard);
  const deafen = listen(model, { "msg:custom": hear, "change:_state": adopt, [LINE_CUT]: cut });
  return {
    show: (el, lecture) => displays.add(new Display(el, panel, displays.look, lecture)),
    close() {
      deafen();
      displays.close();
    },
  };
}
