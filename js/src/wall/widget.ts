/** The wall's entry, and the only module of it that touches the model. */
import { answer, app } from "../page/apps";
import { Displays } from "../page/displays";
import { type HostModel, LINE_CUT, type Live, quietly } from "../page/host";
import { now } from "../page/now";
import type { BoardNews, RecordedWall, TableNews, WallToKernel } from "./contract";
import { WallDisplay } from "./display";
import { LiveWall } from "./live";

declare const PANEL_KEY: string;

/** Opens a wall's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: [unknown, unknown[]][]): Live {
  const tell = (message: WallToKernel) => quietly(() => model.send(message));
  const wall = new LiveWall(tell, now());
  const displays = new Displays<WallDisplay>(wall, String(model.get("_key") ?? ""));
  const hear = (message: unknown, buffers: unknown[]) => {
    wall.hear(message, now());
    const { type } = (message ?? {}) as { type?: unknown };
    displays.tell((display) => {
      if (type === "board") display.board(message as BoardNews, buffers);
      if (type === "table") display.table(message as TableNews);
      if (type === "wall") display.changed();
    });
  };
  const adopt = () => {
    wall.adopt(model.get("_recorded") as RecordedWall | null);
    displays.tell((display) => display.changed());
  };
  const cut = () => {
    wall.contact.cut();
    displays.tell((display) => display.changed());
  };
  adopt();
  for (const [message, buffers] of early) hear(message, buffers);
  model.on("msg:custom", hear);
  model.on("change:_recorded", adopt);
  model.on(LINE_CUT, cut);
  const panelApp = () =>
    app(PANEL_KEY, () => {
      const { ask, come } = answer(model, "panel");
      ask();
      return come;
    });
  return {
    show: (el) => displays.add(new WallDisplay(el, wall, { tell, panelApp, looked: displays.look })),
    close() {
      model.off("msg:custom", hear);
      model.off("change:_recorded", adopt);
      model.off(LINE_CUT, cut);
      displays.close();
    },
  };
}
