/** One board's full panel in the wall: the panel's own app, its messages passed through the wall. */
import type { BoardNews, ToKernel, WallToKernel } from "../contract";
import type { App, Heard, HostModel, Widget } from "../page/host";

type Hear = (...heard: Heard) => void;

export class OpenedBoard {
  private widget: Widget | null = null;
  private hide = () => {};
  private hears: Hear = () => {};
  private serial: number | null = null;
  private app: App | null = null;

  constructor(
    readonly id: string,
    private readonly el: HTMLElement,
    private readonly send: (message: WallToKernel) => void,
  ) {}

  show(app: App): void {
    this.app = app;
    this.widget = app.open(this.model(), []);
    this.hide = this.widget.show(this.el, false);
    this.tell({ type: "ask", since: 0 });
  }

  hear(news: BoardNews, buffers: unknown[]): void {
    if (news.id !== this.id || !this.app) return;
    const another = this.serial !== null && news.serial !== this.serial;
    this.serial = news.serial;
    if (another) {
      // A newer device counts its rows anew.
      this.end();
      this.show(this.app);
    }
    this.hears(news.message, buffers);
  }

  close(): void {
    this.end();
    this.send({ type: "shut", id: this.id });
  }

  private end(): void {
    this.hide();
    this.widget?.close();
    this.hears = () => {};
  }

  private tell(message: ToKernel): void {
    this.send({ type: "board", id: this.id, message });
  }

  /** What the panel's app takes for its model. */
  private model(): HostModel {
    return {
      get: () => null,
      on: (event, hear) => {
        if (event === "msg:custom") this.hears = hear as unknown as Hear;
      },
      off: () => {},
      send: (message) => this.tell(message as ToKernel),
      widget_manager: { get_model: () => Promise.reject(new Error("the wall has the app already")) },
    };
  }
}
