/** What the host of the widget (anywidget, or marimo in its place) gives us, and gets from us. */

export interface HostModel {
  get(trait: string): unknown;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(message: unknown): void;
  widget_manager: { get_model(id: string): Promise<{ get(trait: string): unknown }> };
}

/** What JupyterLab's widgets hear when their kernel is restarted. */
export const LINE_CUT = "comm_live_update";

/** One panel's data on this page, whatever the number of its views. */
export interface Live {
  /** Draws a view into the element, and gives back what removes it; `lecture`: one for a hall. */
  show(el: HTMLElement, lecture: boolean): () => void;
  close(): void;
}

export interface Host {
  initialize(context: { model: HostModel }): () => void;
  render(context: { model: HostModel; el: HTMLElement }): () => void;
}

/** Sends to the kernel. A host that has put the model away throws; the page's next one asks for itself. */
export function quietly(send: () => void): void {
  try {
    send();
  } catch (error) {
    console.debug("PicoPanel: a message found no kernel", error);
  }
}
