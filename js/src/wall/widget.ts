/** The wall's app, and its only module that touches the model. */
import type { BoardNews, RecordedWall, TableNews, WallToKernel } from "../contract";
import { Displays } from "../page/displays";
import type { Heard, HostModel, Widget } from "../page/host";
import { app, asked, LINE_CUT, listen, quietly } from "../page/host";
import { now } from "../page/time";
import { WallDisplay } from "./display";
import { LiveWall } from "./wall";

declare const PANEL_KEY: string;

/** Opens a wall's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: Heard[]): Widget {
  const tell = (message: WallToKernel) => quietly(() => model.send(message), cut);
  const wall = new LiveWall(tell, now());
  const displays = new Displays<WallDisplay>(wall, String(model.get("_key") ?? ""));
  const changed = () => displays.tell((display) => display.changed());
  const hear = (...[message, buffers]: Heard) => {
    wall.hear(message, now());
    const { type } = (message ?? {}) as { type?: unknown };
    if (type === "board") displays.tell((it) => it.opened?.hear(message as BoardNews, buffers));
    if (type === "table") displays.tell((display) => display.table(message as TableNews));
    if (type === "wall") changed();
  };
  const adopt = () => {
    wall.adopt(model.get("_recorded") as RecordedWall | null);
    changed();
  };
  const cut = () => {
    wall.contact.cut = true;
    changed();
  };
  adopt();
  for (const heard of early) hear(...heard);
  const deafen = listen(model, { "msg:custom": hear, "change:_recorded": adopt, [LINE_CUT]: cut });
  const panelApp = () => app(PANEL_KEY, () => asked(model, "panel"));
  return {
    show: (el) => displays.add(new WallDisplay(el, wall, { tell, panelApp, looked: displays.look })),
    close() {
      deafen();
      displays.close();
    },
  };
}
