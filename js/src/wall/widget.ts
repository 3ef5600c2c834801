/** The wall's entry, and the only module of it that touches the model. */
import { answer, app } from "../apps";
import { type HostModel, type Live, send } from "../host";
import { hideStills } from "../still";
import type { BoardNews, RecordedWall, TableNews, WallToKernel } from "./contract";
import { WallDisplay } from "./display";
import { LiveWall } from "./live";

declare const PANEL_KEY: string;

const TICK = 100;

/** Opens a wall's data on this page, with the messages that have come before the app was there. */
export function open(model: HostModel, early: [unknown, unknown[]][]): Live {
  const tell = (message: WallToKernel) => send(model, message);
  const wall = new LiveWall(tell, Date.now());
  const displays = new Set<WallDisplay>();
  const hear = (message: unknown, buffers: unknown[]) => {
    wall.hear(message, Date.now());
    const { type } = (message ?? {}) as { type?: unknown };
    for (const display of displays) {
      if (type === "board") display.board(message as BoardNews, buffers);
      if (type === "table") display.table(message as TableNews);
      if (type === "wall") display.changed();
    }
  };
  const adopt = () => {
    wall.adopt(model.get("_recorded") as RecordedWall | null);
    for (const display of displays) display.changed();
  };
  adopt();
  for (const [message, buffers] of early) hear(message, buffers);
  model.on("msg:custom", hear);
  model.on("change:_recorded", adopt);
  const look = () =>
    wall.look(
      [...displays].some(({ seen }) => seen),
      Date.now(),
    );
  const timer = setInterval(() => {
    look();
    wall.tick(Date.now());
  }, TICK);
  const panelApp = () =>
    app(PANEL_KEY, () => {
      const { ask, come } = answer(model, "panel");
      ask();
      return come;
    });
  return {
    show(el) {
      const display = new WallDisplay(el, wall, { tell, panelApp, looked: look });
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
      model.off("change:_recorded", adopt);
      for (const display of displays) display.close();
      displays.clear();
    },
  };
}
