/** A set-up by a page of its own, as the card that began it sees it: what that page lacks, and what it tells. */
import * as board from "../board/opening";
import { type Image, OVER, STOP, type Task, type Wants } from "../board/task";
import type { Wifi } from "../board/work";
import type { CardState, FromTheBoard, ImageNews, Plan } from "../contract";

export class Errand {
  private readonly page = board.openPage();
  /** Here until the plan comes, with which it makes the task; that is here while no page has it. */
  private wifi: Wifi | null;
  private task: Task | null = null;
  private line: MessagePort | null = null; // on which the page tells of its work
  private model: string | null = null; // which board the page wants MicroPython for

  /** Within a click, which may open a page; `tell` hears what that page tells. */
  constructor(
    wifi: Wifi,
    private readonly tell: (message: FromTheBoard) => void,
  ) {
    this.wifi = wifi;
  }

  /** What the kernel is to be asked for, or null. */
  get lacks(): { plan: boolean; micropython: string | null } | null {
    return this.wifi || this.model ? { plan: this.wifi !== null, micropython: this.model } : null;
  }

  /** Whether it takes another click to open the page: the host gave no hold of the first. */
  get waits(): boolean {
    return this.task !== null;
  }

  /** Whether the page tells of its work. */
  get talks(): boolean {
    return this.line !== null;
  }

  takePlan(plan: Plan, { id, steps }: CardState): void {
    if (!this.wifi) return;
    const ours = steps.filter(({ name }) => plan.steps.includes(name));
    const waiting = ours.map((it) => ({ ...it, state: "waits" as const, says: "" }));
    this.task = { id, steps: waiting, plan, wifi: this.wifi };
    this.wifi = null;
    if (!this.page || this.page.closed) return;
    this.line = board.handOver(this.page, this.handed());
    this.line.onmessage = ({ data }) => this.hear(data);
  }

  takeImage({ model, wrong }: ImageNews, bytes: Uint8Array): void {
    if (model !== this.model) return;
    this.model = null;
    this.line?.postMessage({ wrong, bytes } satisfies Image);
  }

  /** Opens the page, within a click. */
  open(): void {
    board.openWith(this.handed());
  }

  stop(): void {
    this.line?.postMessage(STOP);
  }

  /** Takes the set-up for ended: well, or not. What the board prints is told on. */
  end(well: boolean): void {
    if (this.line) this.line.onmessage = ({ data }) => data.type === "printed" && this.tell(data);
    if (well) this.line?.postMessage(OVER);
    else if (this.wifi) this.page?.close(); // it waits for what does not come
  }

  /** The card has gone; the page goes on. */
  leave(): void {
    this.line?.close();
  }

  /** The task, which then is here no longer. */
  private handed(): Task {
    const task = this.task!;
    this.task = null;
    return task;
  }

  private hear(message: FromTheBoard | Wants): void {
    if (message.type === "micropython") this.model = message.model;
    else this.tell(message);
  }
}
