/** One board's full panel in the wall: the panel's own app, its messages passed through the wall. */
import type { BoardNews, ToKernel, WallToKernel } from "../contract";
import type { App, Heard, HostModel } from "../page/host";

export type OpenedBoard = ReturnType<typeof openedBoard>;

export function openedBoard(id: string, el: HTMLElement, send: (message: WallToKernel) => void) {
  let hears: (...heard: Heard) => void = () => {};
  let end = () => {};
  let shown: App | null = null;
  let serial: number | null = null;

  /** What the panel's app takes for its model. */
  const standIn: HostModel = {
    get: () => null,
    on: (event, hear) => {
      if (event === "msg:custom") hears = hear as unknown as typeof hears;
    },
    off: () => {},
    send: (message) => send({ type: "board", id, message: message as ToKernel }),
    widget_manager: { get_model: () => Promise.reject(new Error("the wall has the app already")) },
  };

  function show(app: App): void {
    shown = app;
    const widget = app.open(standIn, []);
    const hide = widget.show(el, false);
    end = () => {
      hears = () => {};
      hide();
      widget.close();
    };
    standIn.send({ type: "ask", since: 0 });
  }

  function hear(news: BoardNews, buffers: unknown[]): void {
    if (news.id !== id || !shown) return;
    const another = serial !== null && news.serial !== serial;
    serial = news.serial;
    if (another) {
      // A newer device counts its rows anew.
      end();
      show(shown);
    }
    hears(news.message, buffers);
  }

  function close(): void {
    end();
    send({ type: "shut", id });
  }

  return { id, show, hear, close };
}
