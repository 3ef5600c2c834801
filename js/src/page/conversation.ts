/** What a panel's and a wall's data share: their talk with the kernel. All times are the page's. */
import type { Told } from "../contract";
import { Contact } from "./contact";
import { Clock } from "./time";

const REST_AFTER = 1_000; // scrolling past is not leaving

/** A click's name. Not every page is a secure context, where alone `randomUUID` is. */
export function clickId(): string {
  return (
    globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  );
}

export abstract class Conversation<Message> {
  readonly clock = new Clock();
  readonly contact: Contact;
  protected recorded: { at: number } | null = null; // what there is to show until the kernel speaks
  protected seen = true;
  /** Whether an answer has come since all has ended: the kernel has nothing more to tell. */
  protected over = false;

  constructor(
    readonly send: (message: Message | { type: "hidden" }) => void,
    private seenAt: number,
  ) {
    this.contact = new Contact(seenAt);
  }

  /** Does what is due by the clock. */
  abstract tick(at: number): void;
  protected abstract ask(): void; // asks for what the page lacks
  /** Nobody has looked for long: what the kernel can tell again need not stay. */
  rest(): void {}

  /** Takes whether anybody looks: what nobody sees can wait in the kernel. */
  look(seen: boolean, at: number): void {
    if (seen) this.seenAt = at;
    if (!seen && at - this.seenAt >= REST_AFTER) this.leave();
    if (!seen || this.seen) return;
    this.seen = true;
    this.contact.returned(at);
    this.ask();
  }

  /** The page goes, and may have no later moment to say so. One that comes back is looked at anew. */
  leave(): void {
    if (this.seen) this.send({ type: "hidden" });
    this.seen = false;
  }

  /** When what is shown was recorded, or null while a kernel is there. */
  recordedAt(at: number): number | null {
    return this.recorded && this.contact.absent(at) ? this.recorded.at : null;
  }

  /** Ends the taking in of news: whether all has ended, and what is to be asked now. */
  protected taken({ answer, resting }: Told, closed: boolean, at: number): void {
    this.over = closed && (this.over || answer === true);
    if (resting && this.seen) this.ask();
    this.tick(at);
  }

  /** Asks if it is time to, given that something is missing or a click is open. */
  protected askIfDue(at: number, missing: boolean, eager: boolean): void {
    if (this.over && !missing) return;
    if (this.seen && this.contact.shouldAsk(at, missing, eager)) this.ask();
  }

  protected clicked(at: number): void {
    this.contact.clicked = at;
    this.tick(at);
  }
}
