/** The panel's app, and its only module that touches the model; before it is there, `loader.ts` does. */
import type { Moment, PanelState, Recorded, ToKernel } from "../contract";
import { LivePanel } from "../data/panel";
import { Displays } from "../page/displays";
import {
  type Heard,
  type HostModel,
  LINE_CUT,
  listen,
  quietly,
  referred,
  type Widget,
  whenThere,
} from "../page/host";
import { now } from "../page/time";
import { Display } from "./display";
import { SetupCard } from "./setup";

/** Opens a panel's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: Heard[]): Widget {
  const send = (message: ToKernel) => quietly(() => model.send(message), cut);
  const panel = new LivePanel(send, now());
  const key = String(model.get("_key") ?? ""); // a wall gives its boards none
  const displays = new Displays<Display>(panel, key);
  const want = key ? (open: boolean) => send({ type: "setup", open }) : null;
  const setup = new SetupCard(want, () => displays.tell((display) => display.showCard()));
  const lookForCard = () => setup.take(model.get("_setup") ? cardOf(model) : null);
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
  panel.moments = (model.get("_moments") as Moment[] | undefined) ?? [];
  panel.showRecorded(model.get("_recorded") as Recorded | null);
  adopt();
  for (const heard of early) hear(...heard);
  lookForCard();
  const deafen = listen(model, {
    "msg:custom": hear,
    "change:_state": adopt,
    "change:_setup": lookForCard,
    [LINE_CUT]: cut,
  });
  return {
    show: (el, lecture) => displays.add(new Display(el, panel, setup, displays.look, lecture)),
    close() {
      deafen();
      displays.close();
    },
  };
}

async function cardOf(model: HostModel): Promise<Widget> {
  return whenThere((await referred(model, "_setup")).get("_key"));
}
